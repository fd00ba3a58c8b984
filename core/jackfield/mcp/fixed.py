"""Arguments that agents.yaml fixes, taken out of the schema that the model is shown. Decisions only.

What is said of a property may stand in many places: in `properties`, behind a `$ref`, in a part of an
`allOf`. All schemas that speak about the same object are gone through; those about something inside it, of
which a property may happen to have the same name, are left as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from jackfield.calls import Json

Schema = Mapping[str, Json]

# Keywords whose schemas speak about the same object as the one they stand in.
_IN_A_LIST = ("allOf", "anyOf", "oneOf")
_ALONE = ("then", "else")
_CONDITIONS = ("not", "if")
_BY_PROPERTY = ("properties", "dependentSchemas", "dependentRequired", "dependencies")
_DEFINITIONS = ("$defs", "definitions")

_MOST_STEPS = 200
"""Schemas of one tool that speak about the same object; nobody writes more, but a reference may go round."""


def properties_of(schema: Schema) -> frozenset[str]:
    """The names of all arguments that a tool's schema speaks of."""
    return frozenset(name for part in _parts(schema) for name in _mapping(part.get("properties")))


def without(schema: Schema, names: Collection[str]) -> Schema:
    """The schema as if there were no such arguments. It is the same object if it names none of them."""
    if not names or not _mentions(schema, names):
        return schema
    pruned = _pruned(schema, schema, frozenset(names), ())
    for keyword in _DEFINITIONS:
        if keyword in pruned:
            pruned[keyword] = _still_used(pruned, keyword)
            if not pruned[keyword]:
                del pruned[keyword]
    return pruned


def _mentions(schema: Schema, names: Collection[str]) -> bool:
    return any(
        name in _mapping(part.get("properties")) or name in _list(part.get("required"))
        for part in _parts(schema)
        for name in names
    )


def _parts(root: Schema) -> Iterator[Schema]:
    """All schemas that speak about the same object as `root`, itself first."""
    waiting: list[Schema] = [root]
    for _ in range(_MOST_STEPS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        target = _target(root, part.get("$ref"))
        waiting += [] if target is None else [target]
        for keyword in _IN_A_LIST:
            waiting += [each for each in _list(part.get(keyword)) if isinstance(each, Mapping)]
        alone = (part.get(keyword) for keyword in (*_ALONE, *_CONDITIONS))
        waiting += [each for each in alone if isinstance(each, Mapping)]
        waiting += [
            each for each in _mapping(part.get("dependentSchemas")).values() if isinstance(each, Mapping)
        ]


def _pruned(root: Schema, part: Schema, names: frozenset[str], seen: tuple[str, ...]) -> dict[str, Json]:
    reference = part.get("$ref")
    target = _target(root, reference)
    if target is not None and isinstance(reference, str) and reference not in seen:
        # Written out here: elsewhere the same definition may be about something else.
        beside = {key: value for key, value in part.items() if key != "$ref"}
        part, seen = _joined(target, beside), (*seen, reference)
    result = {**part, **_without_members(part, names)}
    for keyword in _CONDITIONS:
        # Without its property a condition would say something else: "not this one" would be "nothing".
        if isinstance(condition := part.get(keyword), Mapping) and _mentions(condition, names):
            result = {key: value for key, value in result.items() if key not in (*_ALONE, *_CONDITIONS)}
    for keyword in _IN_A_LIST:
        if isinstance(parts := result.get(keyword), list):
            result[keyword] = [_inner(root, each, names, seen) for each in parts]
    for keyword in _ALONE:
        if keyword in result:
            result[keyword] = _inner(root, result[keyword], names, seen)
    return result


def _without_members(part: Schema, names: frozenset[str]) -> dict[str, Json]:
    """What directly speaks of the names in a schema, without them."""
    result: dict[str, Json] = {}
    for keyword in _BY_PROPERTY:
        if isinstance(members := part.get(keyword), Mapping):
            kept = {key: value for key, value in members.items() if key not in names}
            result[keyword] = (
                kept if keyword == "properties" else {key: _unlisted(kept[key], names) for key in kept}
            )
    for keyword in ("required", "examples"):
        if keyword in part:
            result[keyword] = _unlisted(part[keyword], names)
    if "default" in part:
        result["default"] = _stripped(part["default"], names)
    return result


def _joined(target: Schema, beside: Schema) -> Schema:
    """A definition and what stands beside the reference to it, as one schema."""
    if not beside.keys() & target.keys() - {"description", "title", "default", "examples", *_DEFINITIONS}:
        return {**target, **beside}
    return {**beside, "allOf": [*_list(beside.get("allOf")), dict(target)]}


def _inner(root: Schema, value: Json, names: frozenset[str], seen: tuple[str, ...]) -> Json:
    return _pruned(root, value, names, seen) if isinstance(value, Mapping) else value


def _unlisted(value: Json, names: frozenset[str]) -> Json:
    if not isinstance(value, list):
        return value
    return [_stripped(each, names) for each in value if not (isinstance(each, str) and each in names)]


def _stripped(value: Json, names: frozenset[str]) -> Json:
    if isinstance(value, Mapping):
        return {key: each for key, each in value.items() if key not in names}
    return value


def _still_used(schema: Schema, keyword: str) -> dict[str, Json]:
    """The definitions that something refers to yet; one that nothing does might tell what was taken out."""
    definitions = _mapping(schema.get(keyword))
    used: set[str] = set()
    waiting: list[Json] = [{key: value for key, value in schema.items() if key != keyword}]
    while waiting:
        for reference in _references(waiting.pop()):
            name = reference.removeprefix(f"#/{keyword}/").split("/")[0]
            if name in definitions and name not in used:
                used.add(name)
                waiting.append(definitions[name])
    return {name: value for name, value in definitions.items() if name in used}


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _target(root: Schema, reference: Json) -> Schema | None:
    """What a reference inside the same schema leads to; None for any other."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    value: Json = cast(Json, root)
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
