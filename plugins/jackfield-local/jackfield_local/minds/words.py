"""An utterance as words with places, and the numbers among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?(?:st|nd|rd|th)?\b|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+"
)

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
UNITS = {word: value for value, word in enumerate(_ONES)}
TENS = {word: 10 * (rank + 2) for rank, word in enumerate(_TENS)}
_SCALES = {"hundred": 100, "thousand": 1000}
_REPEATS = {"double": 2, "triple": 3}
_POINTING = frozenset(["that", "this", "which", "the", "any", "another", "each", "every", "no"])
_AFTER_LAST = frozenset(["please", "then", "thanks", "again"])
_AFTER_ONE = frozenset(["of", "moment", "second", "minute", "sec", "more", "thing"])


_LONGEST = 15  # digits, or words, of a number


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, and where it stands in it."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Number:
    """A number said in words, digits or both; `start` and `end` are places in the text."""

    value: float
    start: int
    end: int

    @property
    def whole(self) -> int | None:
        """The number as an integer, or None where it has a fraction."""
        return int(self.value) if self.value == int(self.value) else None


def words_of(text: str) -> list[Word]:
    """The words of a text; punctuation is not kept."""
    return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]


def numbers_in(text: str) -> list[Number]:
    """The numbers said: "1,042", "ten forty two", "one oh four two", "10 42" and "10:42" are all 1042.

    Runs are read as people read numbers out: pair by pair or digit by digit, unless "hundred" or
    "thousand" make them a sum. A comma or an "and" between two numbers keeps them apart.
    """
    words = words_of(text)
    found: list[Number] = []
    at = 0
    while at < len(words):
        end = _run(text, words, at)
        value = _value([word.lower for word in words[at:end]]) if end > at else None
        if value is not None and not _is_pronoun(words, at, end):
            found.append(Number(value, words[at].start, words[end - 1].end))
        at = max(end, at + 1)
    return found


def _run(text: str, words: Sequence[Word], at: int) -> int:
    """The place after the last word of the number that begins at `at`."""
    end = at
    while end < len(words) and _continues(words, at, end):
        if end > at and not _adjacent(text[words[end - 1].end : words[end].start]):
            break
        end += 1
    while end - at > 1 and (words[end - 1].lower in {"and", "a", *_REPEATS} or _is_sigh(words, at, end)):
        end -= 1
    return end


def _is_sigh(words: Sequence[Word], at: int, end: int) -> bool:
    """Whether a last "oh" is no zero: "one oh five oh" ends with one, "it was nine, oh …" does not."""
    return words[end - 1].lower in {"oh", "o"} and end - at < 3


def _adjacent(between: str) -> bool:
    return between in {" ", "-", ":", " - ", "‑", "–"}


def _continues(words: Sequence[Word], at: int, end: int) -> bool:
    word = words[end].lower
    if word == "and":
        return end > at and words[end - 1].lower in _SCALES
    if word == "a":
        return end + 1 < len(words) and words[end + 1].lower in _SCALES
    if word in {"oh", "o"}:
        return end > at
    if end > at and word[0].isdigit():
        first = words[at].text  # "10 42" is one number, "24th 13" and "1.5 3" are not
        return word.isdecimal() and (first.isdecimal() or first.isalpha())
    return word in UNITS or word in TENS or word in _SCALES or word in _REPEATS or word[0].isdigit()


def _is_pronoun(words: Sequence[Word], at: int, end: int) -> bool:
    """Whether this "one" counts nothing: "that one", "one moment"."""
    if end - at != 1 or words[at].lower != "one":
        return False
    before = words[at - 1].lower if at else ""
    is_last = all(word.lower in _AFTER_LAST for word in words[end:])
    if is_last and at > 1 and words[at - 2].lower in _POINTING:
        return True  # "the silver one"
    after = words[end].lower if end < len(words) else ""
    return before in _POINTING or after in _AFTER_ONE


def _value(run: Sequence[str]) -> float | None:
    """The number a run stands for; None for what is none, or has more digits than anybody reads out."""
    if len(run) == 1 and run[0][0].isdigit():
        digits = re.sub(r",|(?<=\d)(?:st|nd|rd|th)$", "", run[0])
    elif any(word in _SCALES for word in run):
        return _sum(run) if len(run) <= _LONGEST else None
    else:
        digits = "".join(_read_out(run))
    return float(digits) if digits.replace(".", "", 1).isdecimal() and len(digits) <= _LONGEST else None


def _sum(run: Sequence[str]) -> float:
    total, part = 0.0, 0.0
    for word in run:
        if word == "thousand":
            total, part = total + max(part, 1) * 1000, 0
        elif word == "hundred":
            part = max(part, 1) * 100
        elif (digits := "".join(_read_out([word]))).isdecimal():
            part += float(digits)
    return total + part


def _read_out(run: Sequence[str]) -> Iterator[str]:
    """Each group of digits: "ten forty two" is 10 and 42."""
    repeat, tens = 1, 0
    for word in run:
        if word in _REPEATS:
            repeat = _REPEATS[word]
            continue
        if word in TENS:
            if tens:
                yield str(tens)
            tens = TENS[word]
            continue
        value = 0 if word in {"oh", "o"} else UNITS.get(word)
        if tens and value is not None and 0 < value < 10:
            yield str(tens + value)
        else:
            yield (str(tens) if tens else "") + (str(value) if value is not None else word) * repeat
        repeat, tens = 1, 0
    if tens:
        yield str(tens)


_ENDINGS = ("'s", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s")


def stem(word: str) -> str:
    """A word without its ending: enough for "closes", "closing" and "closed" to meet."""
    for ending in _ENDINGS if word != "news" else ():
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending in {"ies", "ied"} else "")
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
