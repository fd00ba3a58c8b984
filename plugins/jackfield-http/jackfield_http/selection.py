"""The part of an answer that the model is given: a JMESPath expression (https://jmespath.org)."""

from __future__ import annotations

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from jackfield.calls import Json
from jackfield.errors import PluginError


class Selection:
    """Raises `ValueError` for an expression that is none."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        try:
            self._compiled: ParsedResult = jmespath.compile(expression)
        except JMESPathError as error:
            raise ValueError(f"this is no JMESPath expression: {str(error).splitlines()[0][:160]}") from None

    def of(self, value: Json) -> Json:
        """Raises `PluginError` for an answer that the expression does not fit, such as the length of a
        number: whoever wrote agents.yaml has to look at it."""
        try:
            selected: Json = self._compiled.search(value)
        except JMESPathError as error:
            words = str(error).splitlines()[0][:160]
            raise PluginError(f"result {self.expression!r} does not fit the answer: {words}") from None
        return selected
