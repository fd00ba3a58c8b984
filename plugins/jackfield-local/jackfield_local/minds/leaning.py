"""Words that lean on what was asked before: "and in Berlin?", "no, I meant Rome", "close it"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jackfield_local.minds.calendar import day_in, days_in
from jackfield_local.minds.dialogue import Requested
from jackfield_local.minds.match import FITS, Fit, Matcher, changes_something
from jackfield_local.minds.offers import Offer, Parameter, Role
from jackfield_local.minds.slots import Clause, Filled, fill
from jackfield_local.minds.words import numbers_in, words_of

_POINTS = re.compile(
    r"\b(it|its|it's|that|this|that one|this one|the same|the ticket|them|those|hers|his"
    r"|more)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"^(?:and|or|so|ok(?:ay)?|also|what about|how about|and what about|same)\b", re.IGNORECASE
)
_CORRECTS = re.compile(
    r"^(?:(?:no|nope|wait|sorry|actually|oh|hang on|hold on|not that(?: one)?|i mean|i meant|i said|rather"
    r"|make (?:that|it)|correction|i'm sorry)\b[\s,.!]*)+(?:to say )?",
    re.IGNORECASE,
)
_WEEKEND = re.compile(r"\bweek-?ends?\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_LITTLE = frozenset({"or", "and", "on", "in", "of", "for", "at", "a", "an", "the", "my", "next"})
_RECENT = 3  # tools: "and in Rome?" may be about another than the last of them
_SMALL = 99  # and less: part of a name, often
_POINTED = 0.25  # how much it speaks for a tool that "it" is just what the tool lacks
_VERB = re.compile(
    r"^(?!(?:and |or |so )?(?:what|how) about\b).*\b(?:is|are|was|do|does"
    r"|did|can|could|will|would|have|has|what|when|who"
    r"|which|where|please|i|me|my|you)\b",
    re.IGNORECASE,
)
_LONGEST_ELLIPSIS = 5  # words: "and in New York", not a new request


_LEAD = re.compile(r"^(?:and|or|what about|how about|ok|so|also|in|for|at|on)\b[ ,]*", re.IGNORECASE)


Use = tuple[Offer, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked for until now: the function calls so far, and what the utterance itself asks first."""

    calls: Sequence[Requested]
    fits: Sequence[Fit] = ()

    def arguments(self) -> Iterator[Mapping[str, object]]:
        """The newest first."""
        yield from (fit.arguments for fit in reversed(self.fits))
        yield from (call.arguments for call in reversed(self.calls))

    def uses(self, matcher: Matcher) -> list[Use]:
        """The last tools that are still on offer, and how they were called; the newest first."""
        fits: list[Use] = [(fit.offer, fit.arguments) for fit in reversed(self.fits)]
        called = ((matcher.offer(call.name), call.arguments) for call in reversed(self.calls))
        return [*fits, *((offer, arguments) for offer, arguments in called if offer is not None)][:_RECENT]


def is_ellipsis(part: str, offer: Offer, today: date) -> bool:
    """Whether a part names only another argument: "… in Lima and Tokyo"."""
    return (
        len(words_of(part)) <= _LONGEST_ELLIPSIS
        and not _VERB.search(part)
        and bool(refilled(offer, part, today))
    )


def refilled(offer: Offer, part: str, today: date) -> Filled:
    """The arguments that a few words name for a tool that is known."""
    simple = tuple(
        each for each in offer.parameters if each.role not in {Role.PROBLEM, Role.TEXT, Role.OTHER}
    )
    bare = _LEAD.sub("", part)
    texts = [part, f"in {bare}" if any(each.role is Role.PLACE for each in simple) else bare]
    for text in texts:
        if filled := fill(replace(offer, parameters=simple), Clause(text, today)):
            return filled
    return {}


def follow_up(text: str, matcher: Matcher, before: Before, today: date) -> Fit | None:
    """ "And in Berlin?", "no, I meant Rome": the tool of the request before, with what is named now.

    A bare "Rome" is enough for a tool that only looks something up; one that changes something is not called
    again without a word that says so.
    """
    correction = _CORRECTS.match(text)
    words = text[correction.end() :] if correction else text
    if len(words_of(_LEAD.sub("", words))) > _LONGEST_ELLIPSIS or _VERB.search(words):
        return None
    follows = bool(before.fits or correction or _FOLLOWS.search(text))
    for offer, arguments in before.uses(matcher):
        if not follows and (changes_something(offer) or not _is_bare(words)):
            return None
        if filled := refilled(offer, words, today):
            return Fit(offer, FITS, {**arguments, **filled})
    return None


def _is_bare(words: str) -> bool:
    """Whether this is nothing but a name, a day or a number."""
    return all(
        word.text[0].isupper() or word.text[0].isdigit() or day_in(word.text) or word.lower in _LITTLE
        for word in words_of(words)
    ) or bool(numbers_in(words))


def pointed(text: str, fit: Fit, before: Before) -> Fit:
    """What "it" stands for: the argument of the same name in the request or function call before."""
    if not fit.missing or not _POINTS.search(text):
        return fit
    arguments = dict(fit.arguments)
    for name in fit.missing:
        value = next((each[name] for each in before.arguments() if name in each), None)
        if value is not None:
            arguments[name] = value
    known_now = Fit(fit.offer, fit.score, arguments)
    return known_now if known_now.missing else replace(known_now, score=fit.score + _POINTED)


# --- one request for several ----------------------------------------------------------------------


def several(text: str, fit: Fit, today: date) -> list[Fit]:
    """One request for each day or number that is named beside the others: "on Saturday or Sunday", "over the
    weekend", "is 1033 or 1035 ready"."""
    for parameter in fit.offer.parameters:
        values = _values(text, parameter)
        if len(values) > 1 and not parameter.many:
            return [replace(fit, arguments={**fit.arguments, parameter.name: value}) for value in values]
    return [fit]


def _values(text: str, parameter: Parameter) -> Sequence[object]:
    if parameter.role is Role.DAY:
        named = days_in(text)
        return named or (["Saturday", "Sunday"] if _WEEKEND.search(text) else [])
    if parameter.role is Role.INTEGER and _OR.search(text):
        return [each.whole for each in numbers_in(text) if (each.whole or 0) > _SMALL]
    return []
