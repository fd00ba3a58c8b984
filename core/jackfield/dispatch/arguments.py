"""What the model sent as arguments, checked against the tool's schema before anything runs.

What does not fit becomes short, exact corrections: the model reads them and calls again, while the caller
waits. A schema that cannot be evaluated checks nothing: the tool itself is then the judge.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from jackfield.calls import Arguments, Json
from jackfield.dispatch.corrections import correction, quoted
from jackfield.dispatch.evident import Fits, evidently
from jackfield.errors import ToolError
from jackfield.tools.invocation import first_line
from jackfield.tools.tool import Tool

log = logging.getLogger(__name__)

_MOST_TOOLS = 1024
_MOST_CORRECTIONS = 5

# A pattern is code of a stranger's that may run for ever, on the loop that serves the sessions; the tool
# checks its own. `format` is not asserted by the standard either. Nothing is ever fetched for a `$ref`.
_Validator: type[Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": lambda validator, pattern, instance, schema: None}
)
_NOTHING_FETCHED: Registry[Any] = Registry()


class ArgumentReader:
    """Reads arguments; keeps the compiled validator of every tool it has met, up to a bound."""

    def __init__(self) -> None:
        self._tools: OrderedDict[int, tuple[Tool, Fits, Validator]] = OrderedDict()

    def read(self, tool: Tool, text: str) -> Arguments:
        """The arguments as a mapping that fits `tool.parameters`. Raises `ToolError` with the corrections."""
        arguments: dict[str, Any] = _decode(text)
        try:
            fits, validator = self._judges(tool)
            if fits(arguments) or validator.is_valid(arguments):
                return arguments
            mended: dict[str, Any] = _mend(arguments, tool.parameters)
            corrections = _corrections(list(validator.iter_errors(mended)), tool)
        except Exception as error:  # whatever a schema that is none makes of the validator
            log.warning("%s: its schema checks nothing, it is none: %s", tool.name, first_line(error))
            return arguments
        if corrections:
            raise ToolError(corrections)
        return mended

    def _judges(self, tool: Tool) -> tuple[Fits, Validator]:
        """Compiled once; the tool is kept beside them, so that its `id` stays its own."""
        kept = self._tools.get(id(tool))
        if kept is None:
            validator: Validator = _Validator(dict(tool.parameters), registry=_NOTHING_FETCHED)
            kept = self._tools[id(tool)] = (tool, evidently(tool.parameters), validator)
            if len(self._tools) > _MOST_TOOLS:
                self._tools.popitem(last=False)
        return kept[1], kept[2]


def _decode(text: str) -> dict[str, Json]:
    """One JSON object; nothing at all counts as an empty one: so models call a tool without parameters."""
    if not text.strip():
        return {}
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ToolError(
            f"The arguments are not JSON: {error.msg} at character {error.pos + 1}. Send one JSON object."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ToolError(f"The arguments cannot be read: {str(error)[:120]}. Send one JSON object.") from None
    if not isinstance(value, dict):
        raise ToolError(f"The arguments must be one JSON object, not {quoted(value)}.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


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
        read: Json = json.loads(value, parse_constant=_refuse_constant)
    except ValueError:
        return value
    wanted = schema.get("type")
    if wanted == "boolean":
        return read if isinstance(read, bool) else value
    number = isinstance(read, int | float) and not isinstance(read, bool)
    return read if wanted in ("integer", "number") and number else value


def _corrections(errors: list[ValidationError], tool: Tool) -> str:
    """The first few as one sentence; "" where there are none."""
    sentences = list(
        dict.fromkeys(correction(error, tool.parameters) for error in sorted(errors, key=_place))
    )
    more = len(sentences) - _MOST_CORRECTIONS
    told = [*sentences[:_MOST_CORRECTIONS], *([f"and {more} more"] if more > 0 else [])]
    return f"The arguments do not fit: {'; '.join(told)}." if told else ""


def _place(error: ValidationError) -> tuple[str, str]:
    return "/".join(map(str, error.absolute_path)), str(error.validator)
