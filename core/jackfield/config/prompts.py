"""Instructions that stand in a file of their own: `instructions: file://prompts/workshop.md`."""

from __future__ import annotations

from pathlib import Path

from jackfield.config.document import Document
from jackfield.config.relations import table
from jackfield.config.report import Problem

SCHEME = "file://"
MOST_BYTES = 64 * 1024  # far more than a session's instructions may hold


def read_prompts(document: Document, folder: Path, problems: list[Problem]) -> dict[str, str]:
    """The text of every such file, by the name of its agent; what cannot be read becomes a problem."""
    prompts = {}
    for name in table(document, "agents"):
        where = ("agents", name, "instructions")
        address = table(document, "agents", name).get("instructions")
        if not isinstance(address, str) or not address.startswith(SCHEME) or where in document.unset:
            continue
        try:
            prompts[name] = _text(folder / address.removeprefix(SCHEME))
        except (OSError, ValueError) as error:
            written = str(document.written(where)).removeprefix(SCHEME)
            problems.append(
                Problem(document.span(where), f'the file "{written}" cannot be read ({_why(error)})')
            )
    return prompts


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES // 1024} KiB")
    return content.decode("utf-8-sig").strip()


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
