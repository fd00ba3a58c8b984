"""JSON Schemas made plainer: what a generator writes, in the shape that a model reads best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from jackfield.calls import Json

Schema = dict[str, Json]

_DEFS = "#/$defs/"

# Where a schema holds further schemas: under names of the author's choosing, in a list, or by itself.
_BY_NAME = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_IN_A_LIST = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_ALONE = frozenset(
    {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"}
)


def plain(schema: Mapping[str, Json]) -> Schema:
    """The same schema with local references filled in and titles dropped.

    A definition that refers to itself stays in `$defs`, since it cannot be written out; every other one is
    put where it is used. Keys beside a `$ref` (a description, a default) win over those it refers to.
    """
    definitions = cast(Mapping[str, Schema], schema.get("$defs", {}))
    kept: set[str] = set()
    tidied = _plain({key: value for key, value in schema.items() if key != "$defs"}, definitions, (), kept)
    if kept:
        tidied["$defs"] = _definitions(definitions, kept)
    return tidied


def _definitions(definitions: Mapping[str, Schema], kept: set[str]) -> Schema:
    """The recursive definitions, and those they turn out to need."""
    written: Schema = {}
    while missing := sorted(kept - written.keys()):
        for name in missing:
            written[name] = _plain(definitions[name], definitions, (name,), kept)
    return written


def _plain(
    schema: Schema, definitions: Mapping[str, Schema], inside: tuple[str, ...], kept: set[str]
) -> Schema:
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFS):
        name = reference.removeprefix(_DEFS)
        if name in inside or name not in definitions:
            kept.update({name} & definitions.keys())
            return {key: value for key, value in schema.items() if key != "title"}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**definitions[name], **beside}, definitions, (*inside, name), kept)
    return {
        key: _inner(key, value, definitions, inside, kept)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def _inner(
    key: str, value: Json, definitions: Mapping[str, Schema], inside: tuple[str, ...], kept: set[str]
) -> Json:
    if key in _BY_NAME and isinstance(value, dict):
        return {name: _plain(each, definitions, inside, kept) for name, each in value.items()}
    if key in _IN_A_LIST and isinstance(value, list):
        return [_plain(each, definitions, inside, kept) for each in value]
    if key in _ALONE and isinstance(value, dict):
        return _plain(value, definitions, inside, kept)
    return value
