"""`${env:NAME}`, `${input:ID}` and the like: how other programs write values into blocks of MCP servers."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jackfield.config.pasted import Input


class Unanswered(LookupError):  # noqa: N818 - it never leaves this package
    """A reference that has no value; its text says what to do."""


@dataclass(frozen=True)
class Foreign:
    """The values for one file: `folder` is where it stands."""

    environ: Mapping[str, str]
    inputs: Mapping[str, Input]
    folder: Path

    def value(self, reference: str) -> str | None:
        """What stands for `${reference}`, or None if no program writes it so. Raises `Unanswered`."""
        kind, colon, name = reference.partition(":")
        if colon and kind == "env":
            return self._variable(name)
        if colon and kind == "input":
            return self._input(name)
        return self._places().get(reference)

    def _variable(self, name: str) -> str:
        name, _, default = name.partition(":-")
        if value := self.environ.get(name) or default:
            return value
        raise Unanswered(f"the environment variable {name} is not set; set it")

    def _input(self, name: str) -> str:
        variable = "INPUT_" + re.sub(r"\W", "_", name).upper()
        known = self.inputs.get(name, Input())
        if value := self.environ.get(variable) or known.default:
            return value
        what = f" ({known.description})" if known.description else ""
        raise Unanswered(
            f'the input "{name}"{what} is asked for elsewhere; here set the environment variable {variable}'
        )

    def _places(self) -> Mapping[str, str]:
        return {
            "userHome": str(Path.home()),
            "workspaceFolder": str(self.folder),
            "workspaceFolderBasename": self.folder.name,
            "pathSeparator": os.sep,
            "/": os.sep,
        }
