"""What must not be passed on to a tool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from unicodedata import normalize

_LONGEST_REST = 32
_WILD = {"#": r"\d", "*": rf"\w{{0,{_LONGEST_REST}}}", " ": r"\s{1,3}"}
"""Every piece of a pattern matches in bounded time: a search must never hold up the process."""


class Blocklist:
    """Words and patterns, in any case. `#` is a digit, `*` the rest of a word, all else is itself."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._expressions = [re.compile(expression(_plain(each))) for each in patterns]

    def holds(self, value: object) -> bool:
        """Whether anything in this JSON value is blocked."""
        if not self._expressions:
            return False
        texts = [_plain(text) for text in _texts(value)]
        return any(expression.search(text) for expression in self._expressions for text in texts)


def expression(pattern: str) -> str:
    """The pattern as a regular expression; it begins and ends with whole words."""
    return rf"(?<!\w){''.join(_WILD.get(each, re.escape(each)) for each in pattern)}(?!\w)"


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
