"""Which tool fits a clause best: by its words, its meaning, and whether its parameters can be filled."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jackfield_local.minds.offers import ABOUT_WORK, Offer, Parameter, Role
from jackfield_local.minds.slots import Clause, Filled, fill
from jackfield_local.minds.words import TENS, UNITS, numbers_in, stem, words_of
from jackfield_local.sentences import Meaning

FITS = 0.30
"""A tool with a lower score does not fit."""

_COMMON_TEXT = """
a an the i we you me my our us your is are am was be been to of in on at for and or it its that this
these those please could would can will shall do does did how what when where who which with by from has
have had many much there like want need if whether as about any some one got get let them they their he
she his her not no so just also hello hi tell give know
"""
_COMMON = frozenset(_COMMON_TEXT.split())
# What callers say, and what descriptions of tools call it.
_SYNONYM_WORDS = {
    "price": "cost expensive charge",
    "stock": "available left spare",
    "part": "spare component",
    "close": "shut",
    "open": "close shut come visit hour new log register start drop",
    "ticket": "job repair case",
    "repair": "ticket job fix",
    "ready": "finish done fix repaired complete",
    "status": "ready finish done progress",
    "time": "late o'clock clock morning evening midnight",
    "next": "again",
    "supplier": "vendor wholesaler distributor",
    "note": "comment remark memo",
    "customer": "client",
    "look": "check find search",
    "list": "show find search",
}
_PHRASES = [
    (re.compile(r"\bhow much\b(?! time)"), "price"),
    (
        re.compile(
            r"\bhow many\b|\b(?:do|would) you (?:happen to )?have\b|\bhave you got\b|\b(?:you )?got any\b"
        ),
        "stock",
    ),
    (re.compile(r"\b(?:any|all|no|which|the|his|her|more) open\b"), " "),
    (re.compile(r"\bget in touch\b|\breach out\b|\bfind out\b|\btalk to the supplier\b"), "ask"),
    (re.compile(r"\bday after tomorrow\b|\bpicked up\b|\bhow long\b"), " "),
]
_SYNONYMS: dict[str, set[str]] = {}
for _meaning, _words in _SYNONYM_WORDS.items():
    for _word in _words.split():
        _SYNONYMS.setdefault(stem(_word), set()).add(stem(_meaning))
_UNKNOWN = 1.8
# How much it speaks for a tool that words of this kind were said: a number or a day is seldom said by chance.
_WEIGHT = {
    Role.INTEGER: 0.26,
    Role.NUMBER: 0.12,
    Role.DAY: 0.1,
    Role.DATE: 0.1,
    Role.TIME: 0.1,
    Role.EMAIL: 0.1,
    Role.CHOICE: 0.2,
    Role.PLACE: 0.05,
    Role.PERSON: 0.05,
}
# "Use it when the caller asks about …": words that every such description has in common with every call.
_OF_ANY_CALL = frozenset({"ask", "caller", "call", "want", "use", "speak"})
# A tool that changes something is wanted only where its verb, or one like it, is said.
_ACT_WORDS = {
    "open": "open create new log book register start raise bring drop file report make",
    "create": "open create new log book register start raise make set",
    "close": "close finish complete done resolve mark shut end",
    "add": "add note write put record jot append attach leave make comment remark memo tell",
    "ask": "ask check enquire inquire contact find question ring order get see supplier",
    "cancel": "cancel call drop delete remove",
    "delete": "delete remove cancel erase drop",
    "book": "book reserve make schedule arrange",
    "send": "send mail text message write tell",
    "update": "update change set move correct",
    "change": "update change set move correct",
    "order": "order buy get purchase",
}
_ACTS = {verb: frozenset(stem(each) for each in words.split()) for verb, words in _ACT_WORDS.items()}
_HAND_OVER = re.compile(
    r"\b(transfer|put (me|us) (through|on)|connect|(speak|talk|chat) (to|with)|pass (me|us)|hand (me|us)|"
    r"get (me|us|hold of)|switch (me|us)|patch (me|us)|forward (me|us)|redirect|send (me|us) (over|to)|"
    r"(a|the) human|real person|human being|through to|i can (talk|speak) to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fit:
    """One tool for one clause, with the arguments the clause gives it."""

    offer: Offer
    score: float
    arguments: Filled

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.offer.required if each.name not in self.arguments)


class Matcher:
    """Scores clauses against one list of offers. Thread-safe; the tools' own vectors are made at once.

    `offers` leaves out the tools about work: no clause is taken for one of them by its likeness.
    """

    def __init__(self, offers: Iterable[Offer], meaning: Meaning) -> None:
        everything = tuple(offers)
        self.offers = tuple(offer for offer in everything if offer.name not in ABOUT_WORK)
        self._by_name = {offer.name: offer for offer in everything}
        self._meaning = meaning
        self._texts = {offer.name: _texts(offer) for offer in self.offers}
        self._words = {offer.name: _own_words(offer, self._texts[offer.name]) for offer in self.offers}
        counts: dict[str, int] = {}
        for words in self._words.values():
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        self._rarity = {word: math.log(1 + len(self.offers) / count) for word, count in counts.items()}
        for text in {text for texts in self._texts.values() for text in texts}:
            meaning.vector(text)

    def offer(self, name: str) -> Offer | None:
        """The offer of this name."""
        return self._by_name.get(name)

    def fits(self, clause: Clause) -> list[Fit]:
        """Every tool for this clause, the best first, fitting or not."""
        found = [self._fit(offer, clause) for offer in self.offers]
        return sorted(found, key=lambda fit: fit.score, reverse=True)

    def best(self, text: str, today: date) -> list[Fit]:
        """Every tool for an utterance as a whole, the best first."""
        return self.fits(Clause(text, today))

    def _fit(self, offer: Offer, clause: Clause) -> Fit:
        arguments = fill(offer, clause)
        words = self._overlap(offer, clause.text, arguments)
        one = self._meaning.vector(clause.text)
        meaning = max(
            (float(one @ self._meaning.vector(text)) for text in self._texts[offer.name]), default=0.0
        )
        score = 0.45 * words + 0.55 * meaning + _plausibility(offer, clause.text, arguments)
        score += self._suits(offer, arguments)
        return Fit(offer, score, arguments)

    def _overlap(self, offer: Offer, text: str, arguments: Filled) -> float:
        """How much of what the clause says, its arguments aside, the tool's own text says too (0 to 1).

        Rare words weigh more, and words that no tool knows weigh against them all.
        """
        own = self._words[offer.name]
        total = shared = 0.0
        for word in _said(text, tuple(str(value) for value in arguments.values())):
            alike = {word, *_SYNONYMS.get(word, ())}
            weight = max((self._rarity[each] for each in alike if each in self._rarity), default=_UNKNOWN)
            total += weight
            shared += weight if alike & own else 0.0
        if total:
            return shared / total
        chosen = any(each.role is Role.CHOICE and each.name in arguments for each in offer.parameters)
        return 0.3 if chosen else 0.0  # every word was a value that only this tool knows: that is some sign

    def _suits(self, offer: Offer, arguments: Filled) -> float:
        """Whether the things taken for arguments are such things: by the parameter's own description, and
        not what other tools are about ("find" + "the tickets" is no part)."""
        things = {
            each: str(arguments[each.name])
            for each in offer.parameters
            if each.role is Role.THING and each.name in arguments
        }
        if self._takes_anothers(offer, list(things.values())):
            return -0.3
        likeness = [
            float(self._meaning.vector(thing) @ self._meaning.vector(f"{each.words}. {each.description}"))
            for each, thing in things.items()
        ]
        return 0.25 * max(likeness, default=0.0)

    def _takes_anothers(self, offer: Offer, things: Iterable[str]) -> bool:
        words = {
            alike for thing in things for word in _stems(thing) for alike in (word, *_SYNONYMS.get(word, ()))
        }
        own = _stems(offer.title)
        return any((words & _stems(other.title)) - own for other in self.offers if not other.hands_over)


def _plausibility(offer: Offer, text: str, arguments: Filled) -> float:
    """What the arguments say for or against a tool."""
    if offer.hands_over:
        return _handing_over(offer, text)
    numeric = [each for each in offer.parameters if each.role in {Role.INTEGER, Role.NUMBER}]
    score = sum(_weight(each, arguments[each.name]) for each in offer.parameters if each.name in arguments)
    if any(each.name not in arguments for each in offer.required):
        score -= 0.12
    asked = _ACTS.get(offer.title.split()[0])
    if asked and not asked & {stem(word.lower) for word in words_of(_plain(text))}:
        score -= 0.3
    if not numeric and any((each.whole or 0) > 99 for each in numbers_in(text)):
        score -= 0.15
    return score


def _weight(parameter: Parameter, value: object) -> float:
    small = isinstance(value, int | float) and value < 100  # part of a name, often: "Pixel 7"
    whole_name = parameter.role is Role.PERSON and " " in str(value)
    return 0.05 if small else 0.12 if whole_name else _WEIGHT.get(parameter.role, 0.0)


def _handing_over(offer: Offer, text: str) -> float:
    """A caller is given to somebody else only where the words ask for it."""
    asks = _HAND_OVER.search(text) is not None
    target = re.sub(r"^.*? to ", "", offer.title)
    named = re.search(rf"\b{re.escape(target)}\b", text, re.IGNORECASE) is not None
    return {(True, True): 0.5, (True, False): 0.1, (False, True): 0.0, (False, False): -0.15}[asks, named]


def _own_words(offer: Offer, texts: Iterable[str]) -> frozenset[str]:
    words = frozenset(_stems(" ".join(texts)))
    return words - _OF_ANY_CALL if offer.hands_over else words


def _texts(offer: Offer) -> list[str]:
    """What a clause is compared with: the name, and each sentence of the description."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", offer.description.strip())
    return [offer.title, *(part for part in parts[:6] if part)]


def _said(text: str, arguments: tuple[str, ...]) -> frozenset[str]:
    """The stems of a clause that are not part of an argument."""
    lower = _plain(text)
    chosen: set[str] = set()
    for argument in arguments:
        chosen |= _stems(argument.replace("_", " ")) if "_" in argument else set()
        lower = re.sub(rf"\b{re.escape(argument.lower())}\b", " ", lower)
    return frozenset(_stems(lower) - chosen)


def _plain(text: str) -> str:
    """The text in lower case, with one word for what is asked in several."""
    lower = text.lower().replace("’", "'")
    for phrase, word in _PHRASES:
        lower = phrase.sub(word, lower)
    return lower


def _stems(text: str) -> set[str]:
    words = (word.lower for word in words_of(text))
    return (
        {stem(word) for word in words if word not in _COMMON and not word[0].isdigit()}
        - set(UNITS)
        - set(TENS)
    )
