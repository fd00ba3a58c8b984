"""Parameters that are declared in a file, not in Python: short forms, and JSON Schema where they do not do.

city: string                          a type: string, integer, number, boolean, date, time, date-time
days: integer?                        may be left out
name: string, as the caller says it   a description after the comma
unit: [celsius, fahrenheit]           one of these
tags: {type: array, items: {type: string}, optional: true}      JSON Schema; may have a `default`
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from jackfield.calls import Json
from jackfield.tools.nearest import did_you_mean

_PLAIN = ("string", "integer", "number", "boolean")
_FORMATS = ("date", "time", "date-time")
_SHORT = re.compile(r"\s*([A-Za-z-]+)\s*(\?)?\s*(?:,\s*(.+?))?\s*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def parameters_schema(declared: Mapping[str, Json]) -> dict[str, Json]:
    """A JSON Schema of type object that takes nothing else. Raises `ValueError` that names the parameter."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for name, form in declared.items():
        if not _NAME.fullmatch(str(name)):
            raise ValueError(f"{name}: the name of a parameter is letters, digits, _ and -, a letter first")
        try:
            schema, optional = _parameter(form)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        properties[name] = schema
        if not optional:
            required.append(name)
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _parameter(form: Json) -> tuple[dict[str, Json], bool]:
    """The parameter's own schema, and whether it may be left out."""
    if isinstance(form, str):
        return _short(form)
    if isinstance(form, list):
        return _one_of(form), False
    if isinstance(form, Mapping):
        return _full(form)
    raise ValueError("write a type such as `string`, a list of values, or a JSON Schema")


def _short(form: str) -> tuple[dict[str, Json], bool]:
    match = _SHORT.fullmatch(form)
    kind = match[1] if match else form.strip()[:40]
    if match is None or kind not in (*_PLAIN, *_FORMATS):
        known = (*_PLAIN, *_FORMATS)
        raise ValueError(
            f'"{kind}" is no type{did_you_mean(kind, known)}; write one of {", ".join(known)}, with ? if it '
            "may be left out, and perhaps a comma and a description"
        )
    schema: dict[str, Json] = {"type": "string", "format": kind} if kind in _FORMATS else {"type": kind}
    if match[3]:
        schema["description"] = match[3]
    return schema, bool(match[2])


def _one_of(values: list[Json]) -> dict[str, Json]:
    kinds = {type(each) for each in values}
    for kind, name in ((str, "string"), (int, "integer"), (float, "number")):
        if kinds == {kind}:
            return {"type": name, "enum": list(values)}
    raise ValueError("a list names the values that are possible, all of one kind, such as [small, large]")


def _full(form: Mapping[str, Json]) -> tuple[dict[str, Json], bool]:
    schema = dict(form)
    optional = schema.pop("optional", False)
    if not isinstance(optional, bool):
        raise ValueError("`optional` is true or false")
    if not {"type", "enum", "const", "anyOf", "oneOf", "allOf"} & schema.keys():
        raise ValueError("say its `type`")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"this is no JSON Schema: {error.message[:120]}") from None
    return schema, optional or "default" in schema
