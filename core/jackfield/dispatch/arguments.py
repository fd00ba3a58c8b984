"""What the model sent as arguments, checked against the tool's schema before anything runs.

What does not fit becomes short, exact corrections: the model reads them and calls again, while the caller
waits.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import NoReturn

from jsonschema.exceptions import ValidationError
from pydantic_core import from_json

from jackfield.calls import Arguments, Json
from jackfield.dispatch.corrections import correction, quoted
from jackfield.dispatch.judge import Judge
from jackfield.errors import ToolError
from jackfield.tools.tool import Tool

_MOST_JUDGES = 1024
_MOST_CORRECTIONS = 5


class ArgumentReader:
    """Reads arguments; keeps the judge of every tool it has met, up to a bound."""

    def __init__(self) -> None:
        self._judges: OrderedDict[int, Judge] = OrderedDict()

    def read(self, tool: Tool, text: str) -> Arguments:
        """The arguments as a mapping that fits `tool.parameters`. Raises `ToolError` with the corrections."""
        arguments = _decode(text)
        judge = self._judge(tool)
        if judge.accepts(arguments):
            return arguments
        mended = _mend(arguments, tool.parameters)
        try:
            corrections = _corrections(judge.errors(mended), judge)
        except Exception as error:  # a keyword with a value that the standard does not allow
            judge.retire(error)
            return mended
        if corrections:
            raise ToolError(corrections)
        return mended

    def _judge(self, tool: Tool) -> Judge:
        """Made once; a judge keeps its tool, so that the tool's `id` stays its own."""
        judge = self._judges.get(id(tool))
        if judge is None:
            judge = self._judges[id(tool)] = Judge(tool)
            if len(self._judges) > _MOST_JUDGES:
                self._judges.popitem(last=False)
        return judge


def _decode(text: str) -> dict[str, Json]:
    """One JSON object; nothing at all counts as an empty one: so models call a tool without parameters."""
    if not text or text.isspace():
        return {}
    try:
        value = _read(text)
    except json.JSONDecodeError as error:
        raise ToolError(
            f"The arguments are not JSON: {error.msg} at character {error.pos + 1}. Send one JSON object."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ToolError(f"The arguments cannot be read: {str(error)[:120]}. Send one JSON object.") from None
    if not isinstance(value, dict):
        raise ToolError(f"The arguments must be one JSON object, not {quoted(value)}.")
    return value


def _read(text: str) -> Json:
    """Raises what `json` raises."""
    try:
        value: Json = from_json(text, allow_inf_nan=False, cache_strings="keys")
    except (ValueError, TypeError):
        value = _DECODER.decode(text)  # which says what is wrong, and takes half characters
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _mend(arguments: Mapping[str, Json], schema: Mapping[str, Json]) -> dict[str, Json]:
    """A number or a truth value that was sent as text, `"1042"`, is taken as what the schema wants it to be.

    Only where nothing is lost by it, and only at the top: it saves the caller a second round.
    """
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return dict(arguments)
    return {name: _mended(value, properties.get(name)) for name, value in arguments.items()}


def _mended(value: Json, schema: Json) -> Json:
    if not isinstance(value, str) or not isinstance(schema, Mapping) or len(value) > 40:
        return value
    try:
        read: Json = _DECODER.decode(value)
    except ValueError:
        return value
    wanted = schema.get("type")
    if wanted == "boolean":
        return read if isinstance(read, bool) else value
    number = isinstance(read, int | float) and not isinstance(read, bool)
    return read if wanted in ("integer", "number") and number else value


def _corrections(errors: list[ValidationError], judge: Judge) -> str:
    """The first few as one sentence; "" where there are none."""
    errors = sorted(errors, key=_place)
    sentences = list(dict.fromkeys(correction(error, judge.tool.parameters) for error in errors))
    more = len(sentences) - _MOST_CORRECTIONS
    told = [*sentences[:_MOST_CORRECTIONS], *([f"and {more} more"] if more > 0 else [])]
    return f"The arguments do not fit: {'; '.join(told)}." if told else ""


def _place(error: ValidationError) -> tuple[str, str]:
    return "/".join(map(str, error.absolute_path)), str(error.validator)
