"""A tool of agents.yaml as an operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jackfield.calls import Json
from jackfield.tools.declared import parameters_schema
from jackfield.tools.nearest import did_you_mean
from jackfield_http.operation import READING, REPEATABLE, WITH_BODY, Operation
from jackfield_http.selection import Selection
from jackfield_http.template import places

if TYPE_CHECKING:
    from jackfield_http.settings import ToolConfig


def operation(name: str, tool: ToolConfig) -> Operation:
    """Raises `ValueError` for places and parameters that do not fit each other."""
    schema = parameters_schema(tool.parameters)
    query, body = _mappings(tool)
    fault = _misfit(tool, schema, query, body)
    if fault:
        raise ValueError(fault)
    return Operation(
        name=name,
        description=tool.description,
        method=tool.method,
        path=tool.path,
        parameters=schema,
        query=query,
        headers=dict(tool.headers),
        body=body,
        form=tool.form,
        result=Selection(tool.result) if tool.result else None,
        read_only=tool.method in READING if tool.read_only is None else tool.read_only,
        idempotent=tool.method in REPEATABLE if tool.idempotent is None else tool.idempotent,
    )


def _mappings(tool: ToolConfig) -> tuple[dict[str, Json], Json]:
    """The query and the body, with the parameters that were given no place."""
    used = {*places(tool.path), *places(tool.query), *places(dict(tool.headers)), *places(tool.body)}
    rest: dict[str, Json] = {name: f"{{{name}}}" for name in tool.parameters if name not in used}
    query, body = dict(tool.query or {}), tool.body
    if tool.method in WITH_BODY and body is None:
        return query, rest or None
    if tool.query is None:
        query = rest
    return query, body


def _misfit(tool: ToolConfig, schema: Mapping[str, Json], query: Json, body: Json) -> str:
    in_path = set(places(tool.path))
    used = {*in_path, *places(query), *places(dict(tool.headers)), *places(body)}
    for name in sorted(used - tool.parameters.keys()):
        return f"{{{name}}} is none of its parameters{did_you_mean(name, tool.parameters)}"
    for name in tool.parameters:
        if name not in used:
            return f"the parameter {name} is used nowhere; write {{{name}}} where it belongs"
    required = schema.get("required", [])
    assert isinstance(required, Iterable)
    for name in sorted(in_path - set(required)):
        return f"{{{name}}} stands in the path, and so cannot be left out"
    if tool.form and not isinstance(body, Mapping):
        return "a form is a mapping of names to values"
    return ""
