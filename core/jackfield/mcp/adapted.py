"""A tool's input schema in a shape that the Realtime API takes. Decisions only.

The API takes one plain object: `type: object` and `properties`, none of `anyOf`, `oneOf`, `allOf`, `enum` or
`not` beside them. What has that shape passes as it is. What says the same in another way is written out;
alternatives become properties of one object, none of them required: the server still checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jackfield.calls import Json

Schema = Mapping[str, Json]

REFUSED_AT_THE_TOP = ("anyOf", "oneOf", "allOf", "not", "enum")

_MOST_LAYERS = 20
_CONSTRAINTS = ("not", "if", "then", "else", "dependentSchemas", "$ref", "anyOf", "oneOf", "allOf")


class UnfitError(ValueError):
    """The schema cannot be brought into the shape; the text says why."""


def adapted(schema: Schema) -> Schema:
    """The schema as it may be offered, the same object if it may as it is. Raises `UnfitError`."""
    if schema.get("type") == "object" and not any(word in schema for word in (*REFUSED_AT_THE_TOP, "$ref")):
        return schema
    flat = _flat(schema, schema, _MOST_LAYERS)
    if (kind := flat.get("type", "object")) != "object":
        raise UnfitError(f"its input schema is not of type object but {kind}")
    flat = {key: value for key, value in flat.items() if key not in _CONSTRAINTS}
    definitions = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
    return {**definitions, **flat, "type": "object", "properties": flat.get("properties", {})}


def _flat(root: Schema, part: Schema, layers: int) -> Schema:
    """One schema with everything that speaks about the same object written into it."""
    if not layers:
        raise UnfitError("its input schema refers to itself at the top")
    if "enum" in part or "const" in part:
        raise UnfitError("its input schema is a list of values, not an object")
    result = {**part, "type": _object_of(part.get("type", "object"))}
    if "$ref" in part:
        result = _all([_flat(root, _target(root, part["$ref"]), layers - 1), result])
    for each in _schemas(part, "allOf"):
        result = _all([result, _flat(root, each, layers - 1)])
    for keyword in ("anyOf", "oneOf"):
        if branches := [_flat(root, each, layers - 1) for each in _schemas(part, keyword)]:
            result = _all([result, _either(branches)])
    return result


def _object_of(kind: Json) -> Json:
    """`type: [object, null]` means an object here: there are always arguments."""
    return "object" if isinstance(kind, list) and "object" in kind else kind


def _all(parts: Sequence[Schema]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for part in parts:
        properties = {**_mapping(result.get("properties"))}
        for name, value in _mapping(part.get("properties")).items():
            known = properties.get(name)
            both = value if known is None or known == value else {"allOf": [known, value]}
            properties[name] = both
        required = list(dict.fromkeys([*_list(result.get("required")), *_list(part.get("required"))]))
        # What one part closes, another may have opened; the server knows.
        result = {**part, **result, "properties": properties, "required": required}
        result["type"] = part.get("type", "object") if result.get("type") == "object" else result["type"]
        result.pop("additionalProperties", None)
    return result


def _either(branches: Sequence[Schema]) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    for branch in branches:
        for name, value in _mapping(branch.get("properties")).items():
            known = properties.get(name)
            properties[name] = value if known in (None, value) else _one_of(known, value)
    required = set.intersection(*(set(map(str, _list(branch.get("required")))) for branch in branches))
    kinds = {str(branch.get("type")) for branch in branches}
    kind = "object" if "object" in kinds else kinds.pop()
    return {"type": kind, "properties": properties, "required": sorted(required)}


def _one_of(known: Json, value: Json) -> Json:
    """Alternatives of one property; `kind: {const: a}` in every branch becomes a choice."""
    choices = [*known["anyOf"]] if isinstance(known, Mapping) and set(known) == {"anyOf"} else [known]
    return {"anyOf": [*choices, *([] if value in choices else [value])]}


def _target(root: Schema, reference: Json) -> Schema:
    value: Json = root
    for step in str(reference).removeprefix("#/").split("/") if reference != "#" else ():
        value = value.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping):
        raise UnfitError(f"its input schema refers to {reference}, which is not in it")
    return value


def _schemas(part: Schema, keyword: str) -> list[Schema]:
    return [each for each in _list(part.get(keyword)) if isinstance(each, Mapping)]


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
