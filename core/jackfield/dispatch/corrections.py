"""One fault in a function call's arguments as a clause the model can act on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

from jackfield.calls import Json
from jackfield.tools.nearest import did_you_mean

_MOST_SHOWN = 40

_ARTICLES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}

_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} elements",
    "maxItems": "must have at most {} elements",
    "minProperties": "must have at least {} members",
    "maxProperties": "must have at most {} members",
}


def correction(error: ValidationError, schema: Mapping[str, Json]) -> str:
    """E.g. `` `number` must be an integer, not "ten" ``; `schema` is the tool's, for what it does know."""
    place = _path(error.absolute_path)
    keyword = str(error.validator)
    if keyword in _BOUNDS:
        demand = _BOUNDS[keyword].format(quoted(error.validator_value))
        return f"`{place}` {demand}, not {quoted(error.instance)}"
    return _SPOKEN.get(keyword, _otherwise)(error, place)


def quoted(value: Json) -> str:
    """A value as JSON, short enough for a sentence."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(type(value).__name__)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _path(steps: Iterable[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{_on_one_line(step)}"
    return path.removeprefix(".") or "arguments"


def _type(error: ValidationError, place: str) -> str:
    return f"`{place}` must be {_kinds(error.validator_value)}, not {quoted(error.instance)}"


def _kinds(names: Json) -> str:
    wanted = names if isinstance(names, list) else [names]
    return " or ".join(_ARTICLES.get(str(name), str(name)) for name in wanted)


def _required(error: ValidationError, place: str) -> str:
    """jsonschema reports every missing name by itself, and names it only in its own message."""
    required: Any = error.validator_value
    given: Any = error.instance
    missing = [name for name in required if name not in given]
    named = next((name for name in missing if error.message.startswith(repr(name))), missing[0])
    properties = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    return f"`{_within(place, named)}` is missing{_expected(properties.get(named))}"


def _expected(schema: Json) -> str:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return f" ({_kinds(kind)})" if kind else ""


def _unknown(error: ValidationError, place: str) -> str:
    if not isinstance(error.schema, Mapping) or not isinstance(error.instance, Mapping):
        return _otherwise(error, place)
    known = list(error.schema.get("properties", {}))
    extra = [name for name in error.instance if name not in known]
    told = [f"`{_within(place, name)}` is not known{did_you_mean(name, known)}" for name in extra[:3]]
    return "; ".join(told) or _otherwise(error, place)


def _enum(error: ValidationError, place: str) -> str:
    choices: Any = error.validator_value
    shown = ", ".join(quoted(choice) for choice in choices[:12]) + (", …" if len(choices) > 12 else "")
    return f"`{place}` must be one of {shown}, not {quoted(error.instance)}"


def _const(error: ValidationError, place: str) -> str:
    return f"`{place}` must be {quoted(error.validator_value)}, not {quoted(error.instance)}"


def _unique(error: ValidationError, place: str) -> str:
    return f"`{place}` must not have the same element twice"


def _alternatives(error: ValidationError, place: str) -> str:
    """Where the branches only differ in their type, the types; else what the likeliest branch wants."""
    faults = list(error.context or ())
    if faults and all(fault.validator == "type" and not fault.relative_path for fault in faults):
        wanted = " or ".join(dict.fromkeys(_kinds(fault.validator_value) for fault in faults))
        return f"`{place}` must be {wanted}, not {quoted(error.instance)}"
    deepest = max(faults, key=lambda fault: len(fault.relative_path), default=None)
    if deepest is not None and deepest.relative_path:
        return correction(deepest, {})
    return f"`{place}` fits none of the allowed forms, {quoted(error.instance)} was given"


def _otherwise(error: ValidationError, place: str) -> str:
    return f"`{place}` does not satisfy {error.validator}: {quoted(error.instance)} was given"


def _within(place: str, name: str) -> str:
    return _on_one_line(name) if place == "arguments" else f"{place}.{_on_one_line(name)}"


def _on_one_line(name: str) -> str:
    """A name that somebody else chose, short, and without what breaks a line."""
    return "".join(each if each.isprintable() else "?" for each in name[:_MOST_SHOWN])


_SPOKEN: dict[str, Callable[[ValidationError, str], str]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "enum": _enum,
    "const": _const,
    "uniqueItems": _unique,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}
