"""A method of a toolset, as a tool."""

from __future__ import annotations

import inspect
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from typing import Any

from jackfield.calls import Arguments, Json
from jackfield.errors import PluginError
from jackfield.tools.function import tool_from
from jackfield.tools.instances import Instances
from jackfield.tools.tool import Invoke, Tool, ToolContext
from jackfield.tools.toolset import Toolset, asynchronous, claims_of

_instance: ContextVar[Toolset] = ContextVar("instance")
"""The one that a call is of, from before its arguments are read until its method is entered."""


def method_tool(instances: Instances, name: str, source: str) -> Tool:
    """The tool `source.name`. Raises `PluginError` for a method that cannot be one."""
    method = getattr(instances.kind, name)
    claims = claims_of(method)
    on_a_loop = inspect.iscoroutinefunction(method)
    if asynchronous(instances.kind) and not on_a_loop:
        raise PluginError(f"{source}.{name} must be async, like `open` and `close` of {instances.title}")
    stand_in = _on_a_loop(instances.kind, name) if on_a_loop else _in_a_thread(instances.kind, name)
    tool = tool_from(
        stand_in, source=source, name=name, read_only=claims.read_only, idempotent=claims.idempotent
    )
    invoke = _late(instances, tool) if on_a_loop else _now(instances, tool)
    return replace(tool, invoke=invoke, per_session=instances.kind.shared == "session")


def _in_a_thread(kind: type[Toolset], name: str) -> Any:
    @wraps(_bound(kind, name))
    def call(**arguments: object) -> object:
        return getattr(_instance.get(), name)(**arguments)

    return call


def _on_a_loop(kind: type[Toolset], name: str) -> Any:
    @wraps(_bound(kind, name))
    async def call(**arguments: object) -> object:
        return await getattr(_instance.get(), name)(**arguments)

    return call


def _bound(kind: type[Toolset], name: str) -> Any:
    """The method as an instance has it: without `self`. No instance is made for that."""
    return getattr(object.__new__(kind), name)


def _now(instances: Instances, tool: Tool) -> Invoke:
    def invoke(arguments: Arguments, context: ToolContext) -> Json:
        token = _instance.set(instances.obtain(context.session_id))
        try:
            return tool.invoke(arguments, context)
        finally:
            _instance.reset(token)

    return invoke


def _late(instances: Instances, tool: Tool) -> Invoke:
    async def invoke(arguments: Arguments, context: ToolContext) -> Json:
        token = _instance.set(await instances.obtained(context.session_id))
        try:
            answer = tool.invoke(arguments, context)
            return await answer if inspect.isawaitable(answer) else answer
        finally:
            _instance.reset(token)

    return invoke
