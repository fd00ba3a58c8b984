"""Finding the tools that may do something, among hundreds. Decisions only.

Words are weighed as BM25 does: a rare word says more than a common one, and one in a tool's name more than
one in its description.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import log

from jackfield.tools.tool import Tool

_SATURATION = 1.2
_LENGTH = 0.6
_NAME_WEIGHT = 3
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do for from get has have i in is it me my of on or show tell that the "
        "this to us use want what which with you your",
    )
)


def find(query: str, tools: Mapping[str, Tool], most: int) -> list[str]:
    """The keys of the tools that fit best, best first; none that has nothing in common with the query."""
    wanted = dict.fromkeys(_words(query))
    texts = {key: _weighed(tool.name, tool.description) for key, tool in tools.items()}
    usual = sum(text.total() for text in texts.values()) / max(len(texts), 1)
    rarity = {word: _rarity(sum(word in text for text in texts.values()), len(texts)) for word in wanted}
    scores = {
        key: sum(_score(text, word, usual) * rarity[word] for word in wanted) for key, text in texts.items()
    }
    best = sorted((key for key, score in scores.items() if score > 0), key=lambda key: (-scores[key], key))
    return best[:most]


def _score(text: Counter[str], word: str, usual: float) -> float:
    often = text[word]
    return often * (_SATURATION + 1) / (often + _SATURATION * (1 - _LENGTH + _LENGTH * text.total() / usual))


def _rarity(having: int, among: int) -> float:
    return log(1 + (among - having + 0.5) / (having + 0.5))


@lru_cache(maxsize=4096)
def _weighed(name: str, description: str) -> Counter[str]:
    counted = Counter(_words(description))
    for word in _words(name):
        counted[word] += _NAME_WEIGHT
    return counted


def _words(text: str) -> Iterator[str]:
    """Words in one form: `listStorageAccounts` has three, and "accounts" is an account."""
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word not in _COMMON:
            yield word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
