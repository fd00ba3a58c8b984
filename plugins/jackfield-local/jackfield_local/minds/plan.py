"""From an utterance to what it asks for: its clauses, and the tool and arguments for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from jackfield_local.minds.dialogue import Requested
from jackfield_local.minds.leaning import Before, follow_up, is_ellipsis, pointed, several
from jackfield_local.minds.match import FITS, Fit, Matcher, changes_something
from jackfield_local.minds.offers import Role
from jackfield_local.minds.slots import Clause, fill
from jackfield_local.minds.talk import is_small_talk
from jackfield_local.minds.words import numbers_in, words_of

_SEPARATOR = re.compile(
    r"(?<=[.?!;])\s+(?:and |then |also |oh,? )?"
    r"|,\s+(?=(?-i:[A-Z]\w*(?: [A-Z]\w*)*),? and (?-i:[A-Z]))"
    r"|,\s+(?=(?:is|are|do|does|can|could|will|would|what|what's|when|how|who|which|where) )"
    r"|,?\s+(?:and then|and also|and|then|also|plus|as well as)\s+|;\s*",
    re.IGNORECASE,
)
_DICTATION = re.compile(
    r"\b(saying|that says|which says|that reads|noting|because"
    r"|the problem is|note[^.?]* that|note\b[^.?]*?\d,|(?:write|put|jot)(?: it)? down\b[^.?]* that|since)\b"
    r"|:(?!\d)(?! *(?:is|are|do|does|can|could|will|what|when|how|who|which|where)\b)",
    re.IGNORECASE,
)
_IN_CASE = re.compile(
    r"^(?:if (?:not|so|it is|it isn't|it's not|yes|no)|in that case|otherwise),? ", re.IGNORECASE
)
_TAG = re.compile(
    r",? (?:(?:would|could|can|will|won't|can't) you|please|right|ok(?:ay)?)(?= *[?.!]*$)", re.IGNORECASE
)
_OF_MINE = re.compile(r"\b(?:my|our)\b", re.IGNORECASE)
_PLEA = re.compile(
    r"[,.]? (?:and )?(?:(?:can|could|would|do) (?:you|i|we|someone)"
    r"|what (?:can|could|should|do) (?:i|you|we)"
    r"|(?:so )?(?:i(?:'d| would) like|i (?:want|need)))\b"
    r"[^.?!]*[?.!]*$",
    re.IGNORECASE,
)
_TITLE_END = re.compile(r"\b(?:Mrs?|Ms|Dr|No|St)\.$")
_MOST_PARTS = 4
_KNOWN = 0.25  # a tool that the words fill may be a little further from them than one that lacks something


@dataclass(frozen=True, slots=True)
class Request:
    """One thing the caller asks for. `fit` is None where no tool fits; `told` where the caller has not asked
    for it in words, but told what it is for."""

    text: str
    fit: Fit | None
    told: bool = False


def plan(text: str, matcher: Matcher, calls: Sequence[Requested], today: date) -> list[Request]:
    """What an utterance asks for, in order. `calls` are the function calls so far: "and in Berlin?" and
    "close it" are understood from the last of them."""
    parts = _parts(_TAG.sub("", text.strip()))
    requests: list[Request] = []
    for group in _grouped(parts, matcher, today):
        before = Before(calls, [each.fit for each in requests if each.fit])
        fit = None if is_small_talk(group) else _fit(group, matcher, before, today)
        fits = several(group, fit, today) if fit is not None else [None]
        requests += [Request(group, each) for each in fits]
    if all(request.fit is None for request in requests):
        return _as_a_whole(text, matcher, Before(calls), today) or requests
    if (instead := _complete(text, requests, matcher, today)) is not None:
        return [Request(text, instead)]
    return _without_repeats(requests)


def _complete(text: str, requests: Sequence[Request], matcher: Matcher, today: date) -> Fit | None:
    """What finds the same by what the caller has said: whose repair it is, where its number is not known."""
    fits = [request.fit for request in requests if request.fit is not None]
    if any(not fit.missing or changes_something(fit.offer) for fit in fits):
        return None
    source = fits[0].offer.source
    for fit in matcher.fits(Clause(text, today)):
        if fit.offer == fits[0].offer or fit.score < _KNOWN:
            return None
        if fit.offer.source == source and fit.arguments and not (fit.missing or changes_something(fit.offer)):
            return fit
    return None


def _as_a_whole(text: str, matcher: Matcher, before: Before, today: date) -> list[Request]:
    """An utterance none of whose clauses asks for anything: together they may."""
    fit = _fit(text, matcher, before, today)
    if fit is not None:
        return [Request(text, each) for each in several(text, fit, today)]
    fit = _fault(text, matcher, today)
    return [Request(text, fit, told=True)] if fit is not None else []


def _fault(text: str, matcher: Matcher, today: date) -> Fit | None:
    """What is wrong with a device of the caller's is told to have it mended."""
    if not _OF_MINE.search(text):
        return None
    clause = Clause(_PLEA.sub("", text), today)
    for whole in matcher.offers:
        offer = replace(
            whole, parameters=tuple(each for each in whole.parameters if each.role is not Role.PERSON)
        )
        needed = {each.name for each in offer.required if each.role in {Role.PROBLEM, Role.THING}}
        filled = fill(offer, clause)
        if len(needed) > 1 and needed <= filled.keys():
            return Fit(whole, FITS, filled)
    return None


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
    if main is fit_before and not fit_before.missing and is_ellipsis(part, fit_before.offer, today):
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


# --- one clause -----------------------------------------------------------------------------------


def _best(clause: Clause, matcher: Matcher) -> Fit | None:
    fits = matcher.fits(clause)
    return fits[0] if fits else None


def _fit(text: str, matcher: Matcher, before: Before, today: date) -> Fit | None:
    fits = sorted(
        (pointed(text, fit, before) for fit in matcher.fits(Clause(text, today))), key=lambda fit: -fit.score
    )
    best = fits[0] if fits and fits[0].score >= FITS else None
    if best is None or _is_faint(best):
        return follow_up(text, matcher, before, today) or best
    return best


def _is_faint(fit: Fit) -> bool:
    return fit.score < FITS + 0.25 and not fit.missing
