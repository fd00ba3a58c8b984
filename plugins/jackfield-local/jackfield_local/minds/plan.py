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
    r"\b(saying|that says|which says|that reads|noting|because"
    r"|the problem is|note[^.?]* that|note\b[^.?]*?\d,|since)\b|:(?!\d)",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(it|its|it's|that|this|that one|this one|the same|the ticket|them|hers|his)\b", re.IGNORECASE
)
_FOLLOWS = re.compile(
    r"^(?:and|or|so|ok(?:ay)?|also|what about|how about|and what about|same)\b", re.IGNORECASE
)
_IN_CASE = re.compile(
    r"^(?:if (?:not|so|it is|it isn't|it's not|yes|no)|in that case|otherwise),? ", re.IGNORECASE
)
_TAG = re.compile(
    r",? (?:(?:would|could|can|will|won't|can't) you|please|right|ok(?:ay)?)(?= *[?.!]*$)", re.IGNORECASE
)
_TITLE_END = re.compile(r"\b(?:Mrs?|Ms|Dr|No|St)\.$")
_MOST_PARTS = 4
_POINTED = 0.25  # how much it speaks for a tool that "it" is just what the tool lacks
_VERB = re.compile(
    r"^(?!(?:and |or |so )?(?:what|how) about\b).*\b(?:is|are|was|do|does"
    r"|did|can|could|will|would|have|has|what|when|who"
    r"|which|where|please|i|me|my|you)\b",
    re.IGNORECASE,
)
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
    """Whether the later request asks for nothing that the earlier one does not."""
    return one.offer.name == other.offer.name and other.arguments.items() <= one.arguments.items()


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
        if groups and _belong_together(groups[-1], best[-1], part, fit, matcher, today):
            groups[-1] = _joined(groups[-1], part)
            best[-1] = _best(Clause(groups[-1], today), matcher)
        else:
            groups.append(part)
            best.append(fit)
    return groups


def _belong_together(
    before: str, fit_before: Fit | None, part: str, fit: Fit | None, matcher: Matcher, today: date
) -> bool:
    """Whether two parts are one request: alone, one of them is none, and together they say more.

    "Open a ticket for Ada." + "Her laptop is slow." and "I have to call Singapore," + "what time is it
    there?" are one; "… in Lima" + "and Tokyo" are two.
    """
    if fit_before is None or fit is None:
        return False
    leads, follows = _stands(fit_before), _stands(fit)
    if (leads and follows) or not (leads or follows or _asks(fit_before) or _asks(fit)):
        return False
    main = fit_before if _asks(fit_before) else fit
    if main is fit_before and not fit_before.missing and _is_ellipsis(part, fit_before.offer, today):
        return False
    together = _best(Clause(_joined(before, part), today), matcher)
    if together is None or together.offer != main.offer or together.score < FITS:
        return False
    return len(together.arguments) > len(main.arguments)


def _joined(before: str, part: str) -> str:
    return f"{before} {part}" if before[-1] in ".?!;" else f"{before}, {part}"


def _asks(fit: Fit) -> bool:
    return fit.score >= FITS


def _stands(fit: Fit) -> bool:
    """Whether it is a request as it is, with nothing left that it could take."""
    return _asks(fit) and not fit.missing and (bool(fit.arguments) or not fit.offer.parameters)


def _is_ellipsis(part: str, offer: Offer, today: date) -> bool:
    """Whether a part names only another argument: "… in Lima and Tokyo"."""
    return (
        len(words_of(part)) <= _LONGEST_ELLIPSIS
        and not _VERB.search(part)
        and bool(_refilled(offer, part, today))
    )


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
    fits = sorted((_pointed(text, fit, calls, earlier) for fit in fits), key=lambda fit: -fit.score)
    best = fits[0] if fits else None
    if follow_up is not None and (best is None or best.score < FITS or _is_faint(best)):
        return Request(text, follow_up)
    return Request(text, best if best is not None and best.score >= FITS else None)


def _is_faint(fit: Fit) -> bool:
    return fit.score < FITS + 0.25 and not fit.missing


def _follow_up(
    text: str, matcher: Matcher, calls: Sequence[Requested], earlier: Sequence[Request], today: date
) -> Fit | None:
    """ "And in Berlin?": the tool of the request before, with what is named now."""
    last = next(_last_uses(matcher, calls, earlier), None)
    if last is None or len(words_of(text)) > _LONGEST_ELLIPSIS or _VERB.search(text):
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
    known_now = Fit(fit.offer, fit.score, arguments)
    return known_now if known_now.missing else replace(known_now, score=fit.score + _POINTED)
