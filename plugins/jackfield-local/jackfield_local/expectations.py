"""From what an agent is told (names of tools, descriptions, keywords) to the phrases its callers may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

_SHORT = 4  # words: a keyword or a name, expected as it stands
_TERM = re.compile(
    r"(?<=[\w,;:] )(?:[A-Z][\w-]*)(?: (?:[A-Z][\w-]*|\d+))*|(?<=['\"“(])[A-Z][\w-]*(?: [\w-]+){0,3}"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STOP_TEXT = """
a an and any are as at be by can do for from had has have he her here his how if in is it its many
not of on one or she some such that the their there this to use was what when whether which who
whose with would you your
"""
_STOP = frozenset(_STOP_TEXT.split())
_MOST = 300


def expectations(texts: Iterable[str]) -> list[str]:
    """Short texts as they stand; of longer ones the names in them ("ThinkPad X1 Carbon"), the pairs of words
    that carry meaning ("repair ticket"), and each name's single words."""
    found: dict[str, None] = {}
    for text in texts:
        for phrase in _phrases(text.strip()):
            found[phrase] = None
    return list(found)[:_MOST]


def _phrases(text: str) -> Iterator[str]:
    if len(text.split()) <= _SHORT:
        if text:
            yield text.rstrip(".:,;")
        return
    for term in _TERM.findall(text):
        yield term
        yield from (word for word in term.split() if word[0].isupper() and len(word) > 2)
    for sentence in re.split(r"[.,:;()]", text):
        words = _WORD.findall(sentence)
        for first, second in pairwise(words):
            if not {first.lower(), second.lower()} & _STOP:
                yield f"{first} {second}".lower() if first.istitle() else f"{first} {second}"
