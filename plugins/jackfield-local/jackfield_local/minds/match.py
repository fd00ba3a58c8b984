"""Which tool fits a clause best: by its words, its meaning, and whether its parameters can be filled."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jackfield_local.minds.offers import ABOUT_WORK, Offer, Parameter, Role
from jackfield_local.minds.slots import Clause, Filled, fill
from jackfield_local.minds.vocabulary import (
    SYNONYMS,
    deed_asked_for,
    is_act,
    orders,
    plain,
    stems_of,
    words_of_deeds,
)
from jackfield_local.minds.words import numbers_in, stem, words_of
from jackfield_local.sentences import Meaning

FITS = 0.30
"""A tool with a lower score does not fit."""

_UNKNOWN = 1.8
_MINE = re.compile(r"\b(?:my|our) ([^\W\d_]+)")
_INTRODUCES = re.compile(r"\b(?:my name is|my name's|name is|name's|i am|i'm|this is|under)\b", re.IGNORECASE)
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
_SHORT = 5  # letters: less than this many may begin any word
_HAND_OVER = re.compile(
    r"\b(transfer|put (me|us) (through|on)|connect|(speak|talk|chat) (to|with)|pass (me|us)|hand (me|us)|"
    r"get (me|us|hold of)|switch (me|us)|patch (me|us)|forward (me|us)|redirect|send (me|us) (over|back|to)|"
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

    def nearness(self, text: str, offer: Offer, topics: Iterable[str]) -> float:
        """How near an utterance is to the nearest of these topics of an offer (0 to 1)."""
        return 0.45 * self._overlap(offer, text, {}) + 0.55 * self._likeness(text, topics)

    def _likeness(self, text: str, others: Iterable[str]) -> float:
        one = self._meaning.vector(text)
        return max((float(one @ self._meaning.vector(other)) for other in others), default=0.0)

    def _fit(self, offer: Offer, clause: Clause) -> Fit:
        arguments = fill(offer, clause)
        words = self._overlap(offer, clause.text, arguments)
        meaning = self._likeness(clause.text, self._texts[offer.name])
        score = 0.45 * words + 0.55 * meaning + _plausibility(offer, clause.text, arguments)
        score += self._suits(offer, arguments)
        return Fit(offer, score, arguments)

    def _overlap(self, offer: Offer, text: str, arguments: Filled) -> float:
        """How much of what the clause says, its arguments aside, the tool's own text says too (0 to 1).

        Rare words weigh more, and words that no tool knows weigh against them all.
        """
        own = self._words[offer.name]
        total = shared = 0.0
        mine = {stem(found[1]) for found in _MINE.finditer(text.lower())}
        for word in _said(text, tuple(str(value) for value in arguments.values())):
            alike = {word, *SYNONYMS.get(word, ())}
            if word in mine and not any(each in self._rarity for each in alike):
                continue  # "Is my tablet ready?" is about what every caller calls by a name of their own
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
            self._likeness(thing, [f"{each.words}. {each.description}"]) for each, thing in things.items()
        ]
        return 0.25 * max(likeness, default=0.0)

    def _takes_anothers(self, offer: Offer, things: Iterable[str]) -> bool:
        words = {
            alike for thing in things for word in stems_of(thing) for alike in (word, *SYNONYMS.get(word, ()))
        }
        own = stems_of(offer.title)
        return any((words & stems_of(other.title)) - own for other in self.offers if not other.hands_over)


def _plausibility(offer: Offer, text: str, arguments: Filled) -> float:
    """What the arguments say for or against a tool."""
    if offer.hands_over:
        return _handing_over(offer, text)
    numeric = [each for each in offer.parameters if each.role in {Role.INTEGER, Role.NUMBER}]
    score = sum(_weight(each, arguments[each.name]) for each in offer.parameters if each.name in arguments)
    if any(each.name not in arguments for each in offer.required):
        score -= 0.12
    if not orders(text, offer.title.split()[0]):
        score -= 0.3
    if (deed := deed_asked_for(text)) and deed not in words_of_deeds(offer.title, offer.description):
        score -= 0.6
    if _is_known_by_name(offer, text, arguments):
        score += 0.18
    if not numeric and any((each.whole or 0) > 99 for each in numbers_in(text)):
        score -= 0.15
    return score


def _is_known_by_name(offer: Offer, text: str, arguments: Filled) -> bool:
    """Whether the caller says who they are, and a tool asks for nothing but that."""
    wanted = offer.required
    is_person = len(wanted) == 1 and wanted[0].role is Role.PERSON and wanted[0].name in arguments
    return is_person and _INTRODUCES.search(text.replace("’", "'")) is not None


def changes_something(offer: Offer) -> bool:
    """Whether its name says that it does more than look something up."""
    return is_act(offer.title.split()[0]) or offer.hands_over


def _weight(parameter: Parameter, value: object) -> float:
    small = isinstance(value, int | float) and value < 100  # part of a name, often: "Pixel 7"
    if value == "today":
        return 0.02  # it is said of everything
    whole_name = parameter.role is Role.PERSON and " " in str(value)
    return 0.05 if small else 0.12 if whole_name else _WEIGHT.get(parameter.role, 0.0)


def _handing_over(offer: Offer, text: str) -> float:
    """A caller is given to somebody else only where the words ask for it."""
    named = _names(text.lower(), offer.target)
    weights = {(True, True): 0.5, (True, False): 0.1, (False, True): 0.0, (False, False): -0.17}
    return weights[asks_for_someone(text), named]


def _names(text: str, target: str) -> bool:
    """Whether somebody is named, or where they are: the reception and the receptionist are one."""
    words = [word.lower for word in words_of(text) if len(word.lower) > _SHORT]
    return re.search(rf"\b{re.escape(target)}\b", text) is not None or any(map(target.startswith, words))


def asks_for_someone(text: str) -> bool:
    """Whether the caller wants to talk to somebody else."""
    return _HAND_OVER.search(text) is not None


def _own_words(offer: Offer, texts: Iterable[str]) -> frozenset[str]:
    words = frozenset(stems_of(" ".join(texts)))
    return words - _OF_ANY_CALL if offer.hands_over else words


def _texts(offer: Offer) -> list[str]:
    """What a clause is compared with: the name, and each sentence of the description."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", offer.description.strip())
    return [offer.title, *(part for part in parts[:6] if part)]


def _said(text: str, arguments: tuple[str, ...]) -> frozenset[str]:
    """The stems of a clause that are not part of an argument."""
    lower = plain(text)
    chosen: set[str] = set()
    for argument in arguments:
        chosen |= stems_of(argument.replace("_", " ")) if "_" in argument else set()
        lower = re.sub(rf"\b{re.escape(argument.lower())}\b", " ", lower)
    return frozenset(stems_of(lower) - chosen)
