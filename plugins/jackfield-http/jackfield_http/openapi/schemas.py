"""A schema of OpenAPI as JSON Schema for a model. Pure.

OpenAPI 3.0 has a dialect of its own (`nullable`, `exclusiveMinimum: true`); 3.1 is JSON Schema. What tells
a model nothing (examples, XML names) is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from jackfield.calls import Json

_LEFT_OUT = (
    "example", "examples", "xml", "externalDocs", "discriminator", "deprecated", "nullable", "readOnly",
    "writeOnly", "$schema", "$id",
)  # fmt: skip
_NAMED = ("properties", "patternProperties", "$defs", "definitions")
_MOST_DESCRIPTION = 300


def plain(schema: Json) -> Json:
    """Properties that only answers have (`readOnly`) are left out too."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    told = {key: _value(key, each) for key, each in schema.items() if _is_kept(key)}
    _drop_unsent(schema, told)
    _exclusive(told, "exclusiveMinimum", "minimum")
    _exclusive(told, "exclusiveMaximum", "maximum")
    if schema.get("nullable") is True:
        _allow_null(told)
    description = told.get("description")
    if isinstance(description, str):
        told["description"] = " ".join(description.split())[:_MOST_DESCRIPTION]
    return told


def _is_kept(key: str) -> bool:
    return key not in _LEFT_OUT and not key.startswith("x-")


def _value(key: str, value: Json) -> Json:
    if key in _NAMED and isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if key in ("enum", "const", "default", "required"):
        return value
    return plain(value)


def _drop_unsent(schema: Mapping[str, Json], told: dict[str, Json]) -> None:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return
    unsent = {
        name
        for name, each in properties.items()
        if isinstance(each, Mapping) and each.get("readOnly") is True
    }
    kept = told["properties"]
    assert isinstance(kept, dict)
    told["properties"] = {name: each for name, each in kept.items() if name not in unsent}
    required = schema.get("required")
    if isinstance(required, list):
        told["required"] = [name for name in required if name not in unsent]


def _exclusive(told: dict[str, Json], exclusive: str, bound: str) -> None:
    if told.get(exclusive) is True and bound in told:
        told[exclusive] = told.pop(bound)
    elif isinstance(told.get(exclusive), bool):
        del told[exclusive]


def _allow_null(told: dict[str, Json]) -> None:
    kind = told.get("type")
    if isinstance(kind, str):
        told["type"] = [kind, "null"]
    values = told.get("enum")
    if isinstance(values, list) and None not in values:
        told["enum"] = [*values, None]
