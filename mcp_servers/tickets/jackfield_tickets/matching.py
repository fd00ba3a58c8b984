"""Finding a name or a part in what a speech recogniser heard of it. Decisions only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence, Set
from difflib import SequenceMatcher

CLOSE = 0.72
"""Likeness from which two spellings may be the same word: Silver and Silva have 0.73, Ben and Bell 0.57."""

SURE = 0.85
"""Likeness from which nobody needs to be asked."""

FILLERS = frozenset(
    {
        "a",
        "an",
        "the",
        "of",
        "for",
        "to",
        "my",
        "our",
        "your",
        "some",
        "any",
        "new",
        "part",
        "parts",
        "please",
    }
)

DIGITS = {
    "one": "1",
    "five": "5",
    "seven": "7",
    "eight": "8",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "twenty two": "22",
}
"""The numbers in the names of devices, as they are heard."""

SAME = {
    "display": "screen",
    "lcd": "screen",
    "glass": "screen",
    "monitor": "screen",
    "cell": "battery",
    "accumulator": "battery",
    "adapter": "charger",
    "supply": "charger",
    "touchpad": "trackpad",
    "joystick": "stick",
    "stylus": "pen",
    "lenovo": "thinkpad",
    "mac": "macbook",
    "cooler": "fan",
}
"""What customers call a part, and what the shop calls it."""


def likeness(heard: str, name: str) -> float:
    """How much what was heard is like a person's name, 0 to 1; a first or a last name is enough."""
    heard, name = plain(heard), plain(name)
    if not heard:
        return 0.0
    joined = heard.replace(" ", "")
    forms = [name, *name.split()] if " " in name else [name]
    best = max(_ratio(joined, form.replace(" ", "")) for form in forms)
    # One word of two is a little less than the whole name, so that a whole name wins over half of one.
    return best if joined == name.replace(" ", "") else min(best, 0.99)


def closest(heard: str, names: Iterable[str], least: float = CLOSE) -> list[str]:
    """The names that are most like what was heard, best first: all that are about equally good."""
    scored = sorted(((likeness(heard, name), name) for name in names), key=lambda pair: -pair[0])
    top = scored[0][0] if scored else 0.0
    return [name for score, name in scored if score >= least and score > top - 0.05]


def fitting(heard: str, parts: Sequence[str]) -> list[str]:
    """The parts that have the most of the words that were heard, and at least half of them."""
    words = _part_words(heard, {word for part in parts for word in plain(part).split()})
    if not words:
        return []
    scored = [(sum(_has(part, word) for word in words) / len(words), part) for part in parts]
    top = max((score for score, _ in scored), default=0.0)
    return [part for score, part in scored if score == top and score > 0.5]


def similar_number(number: int, known: Sequence[int]) -> int | None:
    """The known number that is most easily mistaken for this one: like digits first, then a near value."""
    digits = str(number)
    return max(
        known,
        key=lambda other: (round(_ratio(digits, str(other)), 2), -abs(other - number)),
        default=None,
    )


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())


def _part_words(heard: str, vocabulary: Set[str]) -> list[str]:
    """What was heard in the shop's own words: "think pad x one display" is thinkpad x1 screen."""
    text = f" {plain(heard)} "
    for word, digits in DIGITS.items():
        text = text.replace(f" {word} ", f" {digits} ")
    words: list[str] = []
    for word in text.split():
        if words and words[-1] + word in vocabulary:
            words[-1] += word
        elif word not in FILLERS:
            words.append(SAME.get(word, word))
    return words


def _has(part: str, word: str) -> bool:
    return any(_ratio(word.removesuffix("s"), own.removesuffix("s")) >= 0.8 for own in plain(part).split())


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
