"""`${NAME}` and `${NAME:-default}`: values of the environment inside the values of the file.

`$$` stands for one dollar sign. Keys are never replaced, and neither is the text of a `file://`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jackfield.config.foreign import Foreign, Unanswered

_REFERENCE = re.compile(
    r"""(?x) \$ (?: (?P<dollar> \$ )
                  | \{ (?P<name> [A-Za-z_][A-Za-z0-9_]* ) (?: :- (?P<default> [^}]* ) )? \}
                  | (?P<broken> \{ [^}\n]* \}? ) )"""
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A reference that has no value: what it looks like in the text, how many like it stand before it
    in the same text, and what is wrong with it."""

    written: str
    nth: int
    message: str


def fill(text: str, environ: Mapping[str, str], foreign: Foreign | None = None) -> tuple[str, list[Fault]]:
    """The text with its references replaced, those of `foreign` too. One without a value stays as it was,
    and is a fault.

    A variable that is set but empty counts as unset, as it does for a shell's `:-`.
    """
    faults: list[Fault] = []
    seen: list[str] = []

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        name, written = match["name"], match[0]
        if name and (environ.get(name) or match["default"] is not None):
            return environ.get(name) or match["default"]
        message = (
            f"the environment variable {name} is not set; set it, or write ${{{name}:-default}}"
            if name
            else 'a variable is written ${NAME} or ${NAME:-default}; for a plain "${" write "$${"'
        )
        try:
            if foreign and (known := foreign.value(written[2:-1])) is not None:
                return known
        except Unanswered as unanswered:
            message = str(unanswered)
        faults.append(Fault(written, seen.count(written), message))
        seen.append(written)
        return written

    return _REFERENCE.sub(value, text), faults
