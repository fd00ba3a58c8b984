"""From an utterance to what it asks for: its clauses, and the tool and arguments for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jackfield_local.minds.dialogue import Requested
from jackfield_local.minds.match import FITS, Fit, Matcher
from jackfield_local.minds.offers import Offer, Role
from jackfield_local.minds.slots import Clause, fill
from jackfield_local.minds.words import numbers_in, words_of

_SEPARATOR = re.compile(
    r"(?<=[.?!;])\s+(?:and |then |also |oh,? )?"
    r"|,\s+(?=(?:is|are|do|does|can|could|will|would|what|what's|when|how|who|which|where) )"
    r"|,?\s+(?:and then|and also|and|then|also|plus|as well as)\s+|;\s*",
    re.IGNORECASE,
)
_DICTATION = re.compile(
    r"\b(saying|that says|which says|that reads|noting|because|the problem is|note[^.?]* that|since)\b|:(?!\d)",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(it|its|it's|that|this|that one|this one|the same|the ticket|them|hers|his)\b", re.IGNORECASE
)
_FOLLOWS = re.compile(
    r"^(?:and|or|so|ok(?:ay)?|also|what about|how about|and what about|same)\b", re.IGNORECASE
)
_IN_CASE = re.compile(r"^(?:if (?:not|so|it is|it isn't|it's not|yes|no)|in that case|otherwise),? ", re.IGNORECASE)
_TAG = re.compile(r",? (?:(?:would|could|can|will|won't|can't) you|please|right|ok(?:ay)?)(?= *[?.!]*$)", re.IGNORECASE)
_TITLE_END = re.compile(r"\b(?:Mrs?|Ms|Dr|No|St)\.$")
_MOST_PARTS = 4
_LONGEST_ELLIPSIS = 5  # words: "and in New York", not a new request


@dataclass(frozen=True, slots=True)
class Request:
    """One thing the caller asks for. `fit` is None where no tool fits."""

    text: str
    fit: Fit | None


def plan(text: str, matcher: Matcher, calls: Sequence[Requested], today: date) -> list[Request]:
    """What an utterance asks for, in order. `calls` are the function calls so far: "and in Berlin?" and
    "close it" are understood from the last of them."""
    parts = _parts(_TAG.sub("", text.strip()))
    requests: list[Request] = []
    for group in _grouped(parts, matcher, today):
        requests.append(_request(group, matcher, calls, requests, today))
    return _without_repeats(requests)


def _without_repeats(requests: Sequence[Request]) -> list[Request]:
    kept: list[Request] = []
    for request in requests:
        same = [each for each in kept if each.fit and request.fit and _same(each.fit, request.fit)]
        if not same:
            kept.append(request)
    return kept


def _same(one: Fit, other: Fit) -> bool:
    return one.offer.name == other.offer.name and one.arguments == other.arguments


# --- clauses --------------------------------------------------------------------------------------


def _parts(text: str) -> list[str]:
    """The smallest clauses. What is dictated is not cut."""
    dictation = _DICTATION.search(text)
    limit = dictation.start() if dictation else len(text)
    numbers = numbers_in(text)
    parts, start = [], 0
    for found in _SEPARATOR.finditer(text):
        if found.start() >= limit or _TITLE_END.search(text[: found.start()]):
            continue
        if any(number.start < found.start() < number.end for number in numbers):
            continue
        parts.append(text[start : found.start()].strip(" ,"))
        start = found.end()
    parts.append(text[start:].strip(" ,"))
    parts = [_IN_CASE.sub("", part) for part in parts if words_of(part)]
    if len(parts) > _MOST_PARTS:
        parts = [*parts[: _MOST_PARTS - 1], " and ".join(parts[_MOST_PARTS - 1 :])]
    return parts


def _grouped(parts: Sequence[str], matcher: Matcher, today: date) -> list[str]:
    """The parts, joined again where one alone is no request of its own."""
    groups: list[str] = []
    best: list[Fit | None] = []
    for part in parts:
        fit = _best(Clause(part, today), matcher)
        stands = fit is not None and fit.score >= FITS and not fit.missing
        if groups and not stands and _belongs(groups[-1], best[-1], part, matcher, today):
            groups[-1] = f"{groups[-1]} and {part}"
            best[-1] = _best(Clause(groups[-1], today), matcher)
        else:
            groups.append(part)
            best.append(fit)
    return groups


def _belongs(before: str, fit: Fit | None, part: str, matcher: Matcher, today: date) -> bool:
    """Whether a part only continues the one before: it gives that one what it lacks, or fits less alone."""
    if fit is None or _is_ellipsis(part, fit.offer, today):
        return False
    together = _best(Clause(f"{before} and {part}", today), matcher)
    if together is None or together.offer.name != fit.offer.name or together.score < FITS:
        return False
    return bool(fit.missing) or len(together.arguments) > len(fit.arguments)


def _is_ellipsis(part: str, offer: Offer, today: date) -> bool:
    """Whether a part names only another argument: "… in Lima and Tokyo"."""
    return len(words_of(part)) <= _LONGEST_ELLIPSIS and bool(_refilled(offer, part, today))


def _refilled(offer: Offer, part: str, today: date) -> dict[str, object]:
    simple = tuple(
        each for each in offer.parameters if each.role not in {Role.PROBLEM, Role.TEXT, Role.OTHER}
    )
    bare = re.sub(
        r"^(?:and|or|what about|how about|ok|so|also|in|for|at|on)\b[ ,]*", "", part, flags=re.IGNORECASE
    )
    texts = [part, f"in {bare}" if any(each.role is Role.PLACE for each in simple) else bare]
    for text in texts:
        if filled := fill(replace(offer, parameters=simple), Clause(text, today)):
            return filled
    return {}


# --- one clause -----------------------------------------------------------------------------------


def _best(clause: Clause, matcher: Matcher) -> Fit | None:
    fits = matcher.fits(clause)
    return fits[0] if fits else None


def _request(
    text: str, matcher: Matcher, calls: Sequence[Requested], earlier: Sequence[Request], today: date
) -> Request:
    fits = matcher.fits(Clause(text, today))
    follow_up = _follow_up(text, matcher, calls, earlier, today)
    if follow_up is not None and (not fits or fits[0].score < FITS + 0.25 or fits[0].missing):
        return Request(text, follow_up)
    if not fits or fits[0].score < FITS:
        return Request(text, None)
    return Request(text, _pointed(text, fits[0], calls, earlier))


def _follow_up(
    text: str, matcher: Matcher, calls: Sequence[Requested], earlier: Sequence[Request], today: date
) -> Fit | None:
    """ "And in Berlin?": the tool of the request before, with what is named now."""
    last = next(_last_uses(matcher, calls, earlier), None)
    if last is None or len(words_of(text)) > _LONGEST_ELLIPSIS:
        return None
    if not earlier and not _FOLLOWS.search(text):
        return None
    offer, arguments = last
    filled = _refilled(offer, text, today)
    return Fit(offer, FITS, {**arguments, **filled}) if filled else None


def _last_uses(
    matcher: Matcher, calls: Sequence[Requested], earlier: Sequence[Request]
) -> Iterator[tuple[Offer, dict[str, object]]]:
    for request in reversed(earlier):
        if request.fit is not None:
            yield request.fit.offer, dict(request.fit.arguments)
    for call in reversed(calls):
        if (offer := matcher.offer(call.name)) is not None:
            yield offer, dict(call.arguments)


def _pointed(text: str, fit: Fit, calls: Sequence[Requested], earlier: Sequence[Request]) -> Fit:
    """What "it" stands for: the argument of the same name in the request or function call before."""
    if not fit.missing or not _POINTS.search(text):
        return fit
    arguments = dict(fit.arguments)
    sources = [each.fit.arguments for each in reversed(earlier) if each.fit]
    known = [*sources, *(call.arguments for call in reversed(calls))]
    for name in fit.missing:
        value = next((each[name] for each in known if name in each), None)
        if value is not None:
            arguments[name] = value
    return Fit(fit.offer, fit.score, arguments)
