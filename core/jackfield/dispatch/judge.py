"""What a tool's schema says of arguments, within a bound on the work it may make.

Schemas come from strangers and are evaluated on the loop that serves every session. One that would run for
long, or cannot be evaluated at all, judges nothing from then on: the tool itself is then the only judge.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from jackfield.dispatch.evident import evidently
from jackfield.tools.invocation import first_line
from jackfield.tools.tool import Tool

log = logging.getLogger(__name__)

_MOST_STEPS = 500
_MOST_DEPTH = 24


class _TooInvolved(Exception):  # noqa: N818
    """The schema refers to itself, or fans out, beyond any use."""


@dataclass(slots=True)
class _References:
    """References followed in one evaluation. Without them a schema is no more work than it is long."""

    steps: int = 0
    depth: int = 0


_references: ContextVar[_References] = ContextVar("references")


def _follow(validator: Validator, target: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    followed = _references.get()
    followed.steps += 1
    if followed.steps > _MOST_STEPS or followed.depth > _MOST_DEPTH:
        raise _TooInvolved(f"it follows {target!r} without end")
    followed.depth += 1
    try:
        yield from Draft202012Validator.VALIDATORS["$ref"](validator, target, instance, schema)
    finally:
        followed.depth -= 1


def _unasked(validator: Validator, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """A pattern is code of a stranger's that may run for ever; a tool checks its own."""
    return iter(())


_Bounded: type[Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"$ref": _follow, "$dynamicRef": _unasked, "pattern": _unasked}
)
_NOTHING_FETCHED: Registry[Any] = Registry()


class Judge:
    """The judge of one tool's arguments. `format` is not asserted, and nothing is fetched for a `$ref`."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self._fits = evidently(tool.parameters)
        self._validator: Validator | None = None
        # Patterns for names cannot be passed over without changing what the rest of the schema says.
        if '"patternProperties"' not in json.dumps(dict(tool.parameters)):
            self._validator = _Bounded(dict(tool.parameters), registry=_NOTHING_FETCHED)

    def accepts(self, arguments: Mapping[str, Any]) -> bool:
        """Whether they fit; the ordinary case costs next to nothing."""
        return self._fits(arguments) or not self._errors(arguments, most=1)

    def errors(self, arguments: Mapping[str, Any]) -> list[ValidationError]:
        """Everything that is wrong with them; nothing where the schema cannot judge."""
        return self._errors(arguments, most=100)

    def retire(self, error: Exception) -> None:
        """The schema turned out to be none."""
        self._validator = None
        log.warning("%s: its schema is not used to check arguments: %s", self.tool.name, first_line(error))

    def _errors(self, arguments: Mapping[str, Any], most: int) -> list[ValidationError]:
        if self._validator is None:
            return []
        token = _references.set(_References())
        try:
            found = self._validator.iter_errors(dict(arguments))
            return [error for error, _ in zip(found, range(most), strict=False)]
        except Exception as error:  # whatever a schema that is none makes of the validator
            self.retire(error)
            return []
        finally:
            _references.reset(token)
