"""From what a server offers to what an agent may use. Decisions only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from jsonschema import SchemaError
from jsonschema.validators import validator_for
from mcp import types

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.mcp.adapted import UnfitError, adapted
from jackfield.mcp.fixed import without
from jackfield.mcp.terms import Terms, terms_of
from jackfield.tools.tool import HUB, Invoke, Tool


@dataclass(frozen=True, slots=True)
class Listing:
    """The tools of one server that can be used, and its other ones by qualified name, with the reason."""

    tools: tuple[Tool, ...] = ()
    aside: Mapping[str, str] = field(default_factory=dict)


def objection(name: str, config: McpServerConfig) -> str | None:
    """Why a tool, by the server's own name for it, is not wanted, or None if it is. `exclude` wins."""
    if not any(fnmatchcase(name, pattern) for pattern in config.include):
        return f"not in include: {', '.join(config.include)}"
    for pattern in config.exclude:
        if fnmatchcase(name, pattern):
            return f"left out by exclude: {pattern}"
    return None


def listing(
    server: str,
    config: McpServerConfig,
    offered: Sequence[types.Tool],
    invoke: Callable[[types.Tool, Terms], Invoke],
) -> Listing:
    """Sort a server's tools. `invoke` makes what runs one of them."""
    tools: dict[str, Tool] = {}
    aside: dict[str, str] = {}
    for tool in offered:
        name = f"{server}.{config.prefix}{tool.name}"
        if name in tools:
            continue  # the same name again: the first one stands
        reason = objection(tool.name, config) or unusable(tool)
        if reason is None:
            terms = terms_of(tool, config)
            try:
                tools[name] = _tool(server, name, tool, terms, invoke(tool, terms))
            except UnfitError as unfit:
                reason = str(unfit)
        if reason is not None:
            aside[name] = reason
    return Listing(tuple(tools.values()), aside)


def unusable(tool: types.Tool) -> str | None:
    """Why a tool cannot be offered to a Realtime session, or None if it can."""
    if tool.execution is not None and tool.execution.task_support == "required":
        return "it only runs as a task (MCP task augmentation), which is not supported"
    schema = tool.input_schema
    return _fault(json.dumps(schema))


@lru_cache(maxsize=4096)
def _fault(written: str) -> str | None:
    """What is wrong with a schema. Hundreds are read again whenever one tool of a server changes."""
    schema = json.loads(written)
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        return f"its input schema is not a JSON Schema: {error.message}"
    for reference in _references(schema):
        if not reference.startswith("#"):
            return f"its input schema refers to another document, {reference}, which is never fetched"
    return None


def _tool(server: str, name: str, tool: types.Tool, terms: Terms, invoke: Invoke) -> Tool:
    hints = tool.annotations or types.ToolAnnotations()
    return Tool(
        name=name,
        description=tool.description or tool.title or hints.title or "",
        parameters=_parameters(without(adapted(tool.input_schema), terms.fixed)),
        invoke=invoke,
        runs_on=HUB,
        source=server,
        read_only=terms.read_only,
        idempotent=terms.idempotent,
    )


def _parameters(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    """The schema as it is; an object that does not list its properties gets the empty list that is meant."""
    return schema if "properties" in schema else {**schema, "properties": {}}


def _references(schema: Json) -> Iterator[str]:
    match schema:
        case dict():
            reference = schema.get("$ref")
            if isinstance(reference, str):
                yield reference
            for inner in schema.values():
                yield from _references(inner)
        case list():
            for inner in schema:
                yield from _references(inner)
