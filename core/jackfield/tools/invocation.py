"""One call of a Python function: JSON arguments in, JSON out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from jackfield.calls import Arguments, Image, Json
from jackfield.errors import PluginError, ToolError
from jackfield.tools.answer import answer
from jackfield.tools.tool import ToolContext

_MOST_CORRECTIONS = 5


@dataclass(frozen=True, slots=True)
class Invocation:
    """How one function is called. `model` gives its arguments their types; `context` names the parameters
    that take the `ToolContext`.

    Both methods raise `ToolError` for arguments the types refuse, and `PluginError` for a return value that
    JSON cannot hold.
    """

    name: str
    function: Callable[..., Any]
    model: type[BaseModel]
    context: tuple[str, ...]
    _names: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields = self.model.model_fields.items()
        object.__setattr__(self, "_names", {each: info.alias or each for each, info in fields})

    def in_a_thread(self, arguments: Arguments, context: ToolContext) -> Json:
        return _jsonable(self.name, self.function(**self._keywords(arguments, context)))

    async def on_the_loop(self, arguments: Arguments, context: ToolContext) -> Json:
        return _jsonable(self.name, await self.function(**self._keywords(arguments, context)))

    def _keywords(self, arguments: Arguments, context: ToolContext) -> dict[str, object]:
        """The arguments as the function's own types; one that was not given is left to its default."""
        try:
            given = self.model.model_validate(dict(arguments))
        except ValidationError as error:
            raise ToolError(_corrections(error)) from None
        names = self._names
        keywords: dict[str, object] = {names[each]: getattr(given, each) for each in given.model_fields_set}
        for each in self.context:
            keywords[each] = context
        return keywords


def _jsonable(name: str, value: object) -> Json:
    """What the function returned, as JSON; a number that JSON does not have (NaN, infinity) is null. An
    `Image`, or a list with some in it, is an `Answer`."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Image):
        return answer([], [value])
    if isinstance(value, list | tuple) and any(isinstance(each, Image) for each in value):
        words = [_jsonable(name, each) for each in value if not isinstance(each, Image)]
        return answer(words, [each for each in value if isinstance(each, Image)])
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise PluginError(f"{name} is a plain function that returned an awaitable; declare it `async def`")
    try:
        jsonable: Json = to_jsonable_python(value, inf_nan_mode="null")
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise PluginError(
            f"{name} returned a {type(value).__qualname__} that JSON cannot hold ({first_line(error)}); "
            "return text, numbers, lists, mappings, dataclasses or pydantic models"
        ) from error
    return jsonable


def _corrections(error: ValidationError) -> str:
    """What the model should change, one clause for each argument."""
    clauses = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(map(str, fault["loc"])) or "arguments"
        clauses.append(f"`{place}`: {fault['msg'][:1].lower()}{fault['msg'][1:200]}")
    return f"The arguments do not fit: {'; '.join(clauses[:_MOST_CORRECTIONS])}."


def first_line(error: BaseException) -> str:
    """What an exception says, short enough for a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
