"""Problems in a file, told the way a compiler tells them: where, what, the line, and a caret.

    agents.yaml:50:5: unknown key "voise" in agents.workshop; did you mean "voice"?
       50 |     voise: cedar
          |     ^^^^^

A line may hold a secret that was written into the file; it is struck out before it is shown.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

WIDEST = 110
"""Longer lines are cut around the caret; a pasted blob must not fill the terminal."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML 1.1 scanners count as the end of a line
_COUNTED = r"(?<![\w.-])(?!(?:max|max_output|keep)_tokens\b)"  # a number of tokens is no secret
_SECRET_KEY = rf"{_COUNTED}[\w.-]*(?:key|token|secret|password|passwd|authorization)s?"
_SECRET = re.compile(
    rf"""(?ix)
    (?: {_SECRET_KEY} ["']? \s* [:=] \s* ["']? (?: bearer \s+ )? | bearer \s+ )
        (?P<value> [^\s"',}}\]\#] [^"',}}\]\#]* )
    | (?P<token> \b sk-[\w-]{{8,}} )
    | :// [^/\s:@]* : (?P<password> [^@\s/]+ ) @
    """
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text, as offsets of characters: `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, or (as a note) worth knowing, and where it stands."""

    span: Span
    message: str


@dataclass(frozen=True)
class Page:
    """The text of a file, and the name by which its reader knows it."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def start(self, number: int) -> int:
        """The offset of the first character of a line, counted from 1."""
        return self._starts[number - 1]

    def line(self, number: int) -> str:
        """One line, counted from 1, without its end."""
        start = self.start(number)
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return _BREAK.sub("", self.text[start:end])


def render(page: Page, problems: Iterable[Problem]) -> str:
    """All problems, in the order of the file, each with its line and a caret under the place."""
    return "\n".join(_one(page, problem) for problem in sorted(set(problems)))


def render_notes(page: Page, notes: Iterable[Problem]) -> str:
    """The same places without their lines, marked as notes: nothing is wrong there."""
    return "\n".join(
        f"{page.name}:{line}:{column}: note: {note.message}"
        for note in sorted(set(notes))
        for line, column in [page.position(note.span.start)]
    )


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant, or None if none is near."""
    known = list(words)
    folded = {other.casefold(): other for other in known}
    if word.casefold() in folded:
        return folded[word.casefold()]
    return next(iter(get_close_matches(word, known, 1)), None)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A clause to append to a message; empty where nothing is near."""
    near = nearest(word, words)
    return f'; did you mean "{near}"?' if near else ""


def looks_secret(name: str) -> bool:
    """Whether a key of this name usually holds something that must not be shown."""
    return re.fullmatch(_SECRET_KEY, name, re.IGNORECASE) is not None


def _one(page: Page, problem: Problem) -> str:
    line, column = page.position(problem.span.start)
    shown, before, under = _excerpt(page.line(line), column - 1, problem.span.end - problem.span.start)
    return (
        f"{page.name}:{line}:{column}: {problem.message}\n{line:>5} | {shown}".rstrip()
        + f"\n      | {' ' * before}{'^' * under}"
    )


def _excerpt(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The line as it may be shown, the columns before the caret, and the width of the caret."""
    line, column, length = _without_secrets(line, column, length)
    length = max(1, min(length, len(line.rstrip()) - column))
    cut = max(0, column - WIDEST // 2) if len(line) > WIDEST else 0
    line, column = line[cut : cut + WIDEST], column - cut
    length = min(length, max(1, len(line) - column))
    visible = "".join(char if char.isprintable() else " " for char in line)
    return visible, _columns(visible[:column]), max(1, _columns(visible[column : column + length]))


def _without_secrets(line: str, column: int, length: int) -> tuple[str, int, int]:
    for match in reversed(list(_SECRET.finditer(line))):
        start, end = match.span(match.lastgroup or 0)
        if line.startswith("${", start):
            continue
        shorter = (end - start) - 3
        if column >= end:
            column -= shorter
        elif column >= start:
            column, length = start, 3
        elif column + length > start:
            length = max(start + 3 - column, length - shorter)
        line = f"{line[:start]}***{line[end:]}"
    return line, column, length


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian letters take two, accents none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
