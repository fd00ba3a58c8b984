"""A typed Python function with a docstring is a tool.

The function's name, docstring and type hints become the tool's name, description and JSON Schema. What
cannot be told from them is an error that says what to add, when the plugin is loaded and not in a call.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from jackfield.calls import Json
from jackfield.errors import PluginError
from jackfield.tools.docstring import parse
from jackfield.tools.invocation import Invocation, first_line
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.schema import plain
from jackfield.tools.tool import LOOP, THREAD, Invoke, Tool, ToolContext

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_NAMELESS = (
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.VAR_KEYWORD,
    inspect.Parameter.POSITIONAL_ONLY,
)

Function = Callable[..., object]
Hints = Mapping[str, object]


def tool_from(
    function: Function,
    *,
    source: str,
    name: str | None = None,
    read_only: bool = False,
    idempotent: bool = False,
) -> Tool:
    """Make a tool of `function`, named `source.name`.

    An `async def` runs on the tool loop, a `def` in a thread. A parameter annotated `ToolContext` is
    filled in and hidden from the model. Parameters are described in the docstring's `Args:` section or by
    `Annotated[…, Field(description=…)]`. Raises `PluginError` for a function that cannot be a tool.
    """
    name = name or str(getattr(function, "__name__", type(function).__name__))
    qualified = f"{source}.{name}"
    _refuse_what_is_no_tool(qualified, name, function)
    docstring = parse(function.__doc__ or "")
    if not docstring.prose:
        raise PluginError(
            f"{qualified} has no docstring; add one that says what it does and when to use it: "
            "the model reads nothing else"
        )
    hints = _hints(qualified, function)
    context = tuple(each for each, hint in hints.items() if _takes_context(hint))
    model = _model(qualified, function, hints, docstring.parameters)
    on_the_loop = inspect.iscoroutinefunction(function)
    call = Invocation(qualified, function, model, context)
    invoke: Invoke = call.on_the_loop if on_the_loop else call.in_a_thread
    return Tool(
        name=qualified,
        description=docstring.prose,
        parameters=_schema(qualified, model),
        invoke=invoke,
        runs_on=LOOP if on_the_loop else THREAD,
        source=source,
        read_only=read_only,
        idempotent=idempotent,
    )


def _refuse_what_is_no_tool(qualified: str, name: str, function: Function) -> None:
    if not inspect.isroutine(function):
        raise PluginError(f"{qualified}: {function!r} is not a function; register a function or a method")
    if function.__name__ == "<lambda>":
        raise PluginError(f"{qualified}: a lambda has neither type hints nor a docstring; use def")
    if not _NAME.fullmatch(name):
        raise PluginError(
            f"{qualified}: a tool's name is at most 64 letters, digits, _ and -, a letter first; pass name=…"
        )
    if inspect.isasyncgenfunction(function):
        raise PluginError(f"{qualified} is an async generator; return a list or text instead of yielding")


def _hints(qualified: str, function: Function) -> Hints:
    """The type of every parameter, in order. Raises `PluginError` where one cannot be told."""
    try:
        resolved = get_type_hints(function, include_extras=True)
        parameters = inspect.signature(function).parameters
    except Exception as error:
        raise PluginError(
            f"{qualified}: its type hints cannot be resolved ({first_line(error)}); define and import the "
            "names in them at the top of the module, not under TYPE_CHECKING"
        ) from error
    for name, parameter in parameters.items():
        if parameter.kind in _NAMELESS:
            raise PluginError(
                f"{qualified} takes `{parameter}`; give every parameter a name of its own, no `/`"
            )
        if name not in resolved:
            raise PluginError(f"{qualified}: `{name}` has no type hint; write `{name}: str`, or what it is")
    return {name: resolved[name] for name in parameters}


def _takes_context(hint: object) -> bool:
    """`ToolContext`, or a union or annotation around it."""
    if get_origin(hint) is not None:
        return any(_takes_context(inner) for inner in get_args(hint))
    return hint is ToolContext


def _model(qualified: str, function: Function, hints: Hints, described: Mapping[str, str]) -> type[BaseModel]:
    """A pydantic model of the arguments. Its fields are numbered: a parameter may well be called `schema`."""
    for name in described.keys() - hints.keys():
        raise PluginError(
            f"{qualified}: its docstring describes `{name}`, which is none of its parameters"
            f"{did_you_mean(name, hints)}"
        )
    parameters = inspect.signature(function).parameters
    fields: dict[str, Any] = {}
    for name, hint in hints.items():
        if _takes_context(hint):
            continue
        default = parameters[name].default
        told = {"description": described[name]} if name in described else {}
        annotation = Annotated[hint, Field(alias=name, **told)]  # type: ignore[valid-type]
        fields[f"field_{len(fields)}"] = (annotation, ... if default is inspect.Parameter.empty else default)
    try:
        return create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
    except Exception as error:
        raise _no_json(qualified, error) from error


def _schema(qualified: str, model: type[BaseModel]) -> Mapping[str, Json]:
    try:
        schema = plain(model.model_json_schema())
    except Exception as error:
        raise _no_json(qualified, error) from error
    return {"type": "object", "properties": {}, **schema}


def _no_json(qualified: str, error: Exception) -> PluginError:
    return PluginError(
        f"{qualified}: a parameter has a type that JSON cannot hold: {first_line(error)} "
        "Use str, int, float, bool, lists, dates, enums, Literal, dataclasses or pydantic models"
    )
