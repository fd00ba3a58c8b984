"""Where in a plugin's code an error is, told the way a compiler tells it."""

from __future__ import annotations

import traceback
from collections.abc import Collection
from pathlib import Path

from jackfield.config.report import Page, Problem, Span, render
from jackfield.tools.invocation import first_line


def told(error: BaseException, files: Collection[Path]) -> str:
    """The error with the line of `files` that it was raised in, if one of them was there; without otherwise.

    parcels.py:14:29: SyntaxError: expected ':'
       14 | def where_is(parcel: str) -> str
          |                             ^
    """
    message = f"{type(error).__name__}: {first_line(error)}"
    place = _syntax(error) if isinstance(error, SyntaxError) else _frame(error, files)
    if place is None:
        return message
    path, line, start, end = place
    try:
        page = Page(_shown(path), path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return f"{_shown(path)}:{line}: {message}"
    if line > page.text.count("\n") + 1:
        return f"{page.name}:{line}: {message}"
    begin = page.start(line)
    return render(page, [Problem(Span(begin + start, begin + max(end, start + 1)), message)])


Place = tuple[Path, int, int, int]
"""A file, a line counted from 1, and the columns from and to, counted from 0."""


def _syntax(error: SyntaxError) -> Place | None:
    if not error.filename or not error.lineno:
        return None
    start = max((error.offset or 1) - 1, 0)
    end = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else start + 1
    return Path(error.filename), error.lineno, start, end


def _frame(error: BaseException, files: Collection[Path]) -> Place | None:
    """The innermost place that is in one of the files."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path in files and frame.lineno:
            start = frame.colno or 0
            end = frame.end_colno if frame.end_lineno == frame.lineno else None
            return path, frame.lineno, start, end or start + 1
    return None


def _shown(path: Path) -> str:
    """As seen from here, if it is near."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
