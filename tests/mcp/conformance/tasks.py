"""What the client scenarios want done: which tools are called, with what, and what the user answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence

from jackfield.calls import Json

MODERN = "2026-07-28"
FOCAL, ECHO = "json_schema_2020_12_tool", "json_schema_echo"
FILLERS: Mapping[str, Json] = {
    "string": "text",
    "integer": 5,
    "number": 5,
    "boolean": True,
    "array": [],
    "object": {},
}
DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The one that the suite expects."""

LISTED_ONLY = {"json-schema-ref-no-deref"}


def scenario() -> str:
    return os.environ.get("MCP_CONFORMANCE_SCENARIO", "")


def mode() -> str:
    """The era that the suite wants, in the words of agents.yaml."""
    return "auto" if os.environ.get("MCP_CONFORMANCE_PROTOCOL_VERSION") == MODERN else "legacy"


def client_of_the_suite() -> dict[str, Json]:
    """What the authorization server knows us as, where it does; else the document that it may know us by."""
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    known = {key: context[key] for key in ("client_id", "client_secret") if key in context}
    return known or {"client_metadata_url": DOCUMENT}


def calls(schemas: Mapping[str, Mapping[str, Json]]) -> Sequence[tuple[str, dict[str, Json]]]:
    """The calls to be made of the tools that there are."""
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    if "toolCalls" in context:
        return [(each["name"], each["arguments"]) for each in context["toolCalls"]]
    if scenario() in LISTED_ONLY:
        return []
    if ECHO in schemas:
        return [(ECHO, {"schema": dict(schemas[FOCAL])})] if FOCAL in schemas else []
    return [(name, dict(_filled(schema))) for name, schema in schemas.items()]


def reply(schema: Mapping[str, Json]) -> dict[str, Json]:
    """What the user fills in: what must be filled in and has no default."""
    properties = schema.get("properties")
    given = properties if isinstance(properties, Mapping) else {}
    return {name: value for name, value in _filled(schema) if "default" not in given.get(name, {})}


def _filled(schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    properties = schema.get("properties")
    for name, each in (properties if isinstance(properties, Mapping) else {}).items():
        yield name, FILLERS.get(str(each.get("type")), "text")
