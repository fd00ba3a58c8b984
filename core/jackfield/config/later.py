"""What is wrong with parts of the file that only others can check: sections of plugins, with their models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from jackfield.config.document import Document
from jackfield.config.explain import explain, told
from jackfield.config.loader import refusal
from jackfield.config.models import Config
from jackfield.config.report import Problem
from jackfield.config.source import Where
from jackfield.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Misfit:
    """What stands at `where` does not fit a model. `given` is whether anything stands there at all."""

    where: Where
    model: type[BaseModel]
    error: ValidationError
    given: bool = True

    def __str__(self) -> str:
        return "; ".join(told(self.model, self.error, self.where))

    def problems(self, document: Document) -> list[Problem]:
        """Each at its place."""
        return explain(document, self.model, self.error, self.where)


def refused(config: Config, misfits: Sequence[Misfit]) -> ConfigurationError:
    """The error that tells all of them, at their places if the configuration was read from a file."""
    document = config.document
    if document is None:
        return ConfigurationError("; ".join(map(str, misfits)))
    return refusal(document.page, [each for misfit in misfits for each in misfit.problems(document)])
