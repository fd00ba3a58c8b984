"""From what a server offers to what an agent may use. Decisions only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from jsonschema import SchemaError
from jsonschema.validators import validator_for
from mcp import types

from jackfield.calls import Json
from jackfield.tools.tool import HUB, Invoke, Tool

# The Realtime API takes a function's parameters only as one plain object.
REFUSED_AT_THE_TOP = ("anyOf", "oneOf", "allOf", "not", "enum")


@dataclass(frozen=True, slots=True)
class Listing:
    """The tools of one server that can be used, and its other ones by qualified name, with the reason."""

    tools: tuple[Tool, ...] = ()
    aside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of a server's tools are wanted: globs on its own names for them. `exclude` wins."""

    include: Sequence[str] = ("*",)
    exclude: Sequence[str] = ()

    def objection(self, name: str) -> str | None:
        """Why the tool is not wanted, or None if it is."""
        if not any(fnmatchcase(name, pattern) for pattern in self.include):
            return f"not in include: {', '.join(self.include)}"
        for pattern in self.exclude:
            if fnmatchcase(name, pattern):
                return f"left out by exclude: {pattern}"
        return None


def listing(
    server: str, offered: Sequence[types.Tool], choice: Choice, invoke: Callable[[types.Tool], Invoke]
) -> Listing:
    """Sort a server's tools. `invoke` makes what runs one of them."""
    tools: dict[str, Tool] = {}
    aside: dict[str, str] = {}
    for tool in offered:
        name = f"{server}.{tool.name}"
        reason = choice.objection(tool.name) or unusable(tool)
        if name in tools:
            continue  # the same name again: the first one stands
        if reason is None:
            tools[name] = _tool(server, name, tool, invoke(tool))
        else:
            aside[name] = reason
    return Listing(tuple(tools.values()), aside)


def repeatable(tool: types.Tool) -> bool:
    """Whether the server says that running it twice does no harm."""
    hints = tool.annotations
    return bool(hints and (hints.read_only_hint or hints.idempotent_hint))


def unusable(tool: types.Tool) -> str | None:
    """Why a tool cannot be offered to a Realtime session, or None if it can."""
    if tool.execution is not None and tool.execution.task_support == "required":
        return "it only runs as a task (MCP task augmentation), which is not supported"
    schema = tool.input_schema
    if schema.get("type") != "object":
        return "its input schema is not of type object"
    if refused := [word for word in REFUSED_AT_THE_TOP if word in schema]:
        return f"its input schema has {refused[0]} at the top, which the Realtime API refuses"
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        return f"its input schema is not a JSON Schema: {error.message}"
    for reference in _references(schema):
        if not reference.startswith("#"):
            return f"its input schema refers to another document, {reference}, which is never fetched"
    return None


def _tool(server: str, name: str, tool: types.Tool, invoke: Invoke) -> Tool:
    hints = tool.annotations or types.ToolAnnotations()
    return Tool(
        name=name,
        description=tool.description or tool.title or hints.title or "",
        parameters=_parameters(tool.input_schema),
        invoke=invoke,
        runs_on=HUB,
        source=server,
        read_only=bool(hints.read_only_hint),
        idempotent=bool(hints.idempotent_hint),
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
