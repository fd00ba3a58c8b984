"""Filling a tool's parameters from what was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from jackfield_local.minds import calendar, nouns
from jackfield_local.minds.offers import Offer, Parameter, Role
from jackfield_local.minds.words import Number, numbers_in, stem, words_of

_NO = re.compile(r"\b(no|not|without|don't|do not|never|off|false)\b", re.IGNORECASE)
_YES = re.compile(r"\b(yes|yeah|yep|sure|please do|of course|true|correct|right)\b", re.IGNORECASE)

_CUE = re.compile(r"\b(?:for|of|by|name|named|called)\b")
_WORDED = frozenset({Role.PERSON, Role.THING, Role.PROBLEM, Role.TEXT, Role.PLACE})

Filled = dict[str, object]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of an utterance about one thing, on one day."""

    text: str
    today: date


def fill(offer: Offer, clause: Clause) -> Filled:
    """The arguments that the words name; what they do not name is left out."""
    filled: Filled = {}
    numbers = numbers_in(clause.text)
    labels = _labelled(offer, clause.text)
    for parameter in offer.parameters:
        if (labelled := labels.get(parameter.name)) is not None and parameter.role in _WORDED:
            value: object | None = labelled
        elif parameter.role in {Role.INTEGER, Role.NUMBER}:
            value = _numeric(parameter, clause.text, numbers)
        else:
            value = _worded(parameter, offer, clause, filled)
        if value is not None:
            filled[parameter.name] = [value] if parameter.many and not isinstance(value, list) else value
    return filled


def _labelled(offer: Offer, text: str) -> dict[str, str]:
    """Values said with the names of their parameters, as people fill in a form: "customer Ada, device …"."""
    found = {}
    for parameter in offer.parameters:
        match = re.search(
            rf"\b{re.escape(parameter.words)}(?: name)?(?: is|:)? ([^,.;:]+)", text, re.IGNORECASE
        )
        if match:
            found[parameter.name] = match[1].strip()
    return found if len(found) > 1 else {}


def answer(offer: Offer, parameter: Parameter, clause: Clause) -> object | None:
    """The value in a bare answer to a question about this one parameter; None where there is none."""
    value = fill(Offer(offer.name, offer.title, offer.description, (parameter,)), clause).get(parameter.name)
    if value is not None and parameter.role not in {Role.PROBLEM, Role.TEXT, Role.THING, Role.PERSON}:
        return value
    if parameter.role in {Role.PERSON, Role.PLACE} and value is not None:
        return value
    if parameter.role is Role.BOOLEAN:
        return _boolean_answer(clause.text)
    if parameter.role in {Role.PROBLEM, Role.TEXT, Role.THING, Role.PERSON, Role.PLACE, Role.DAY, Role.TIME}:
        return _bare(clause.text, parameter.role)
    return None


def _boolean_answer(text: str) -> bool | None:
    if _NO.search(text):
        return False
    return True if _YES.search(text) else None


def _bare(text: str, role: Role) -> str | None:
    said = re.sub(
        r"^(?:well|um|uh|oh|so|yes|sure|ok|okay|it's|it is|that's|that is"
        r"|they are|he is|she is|i think|the name is"
        r"|the problem is(?: that)?|the customer is|just|put|write|say)[ ,:]+",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    )
    if role in {Role.THING, Role.PERSON, Role.PLACE}:
        said = re.sub(r"^(?:a|an|the|my|her|his|their) ", "", said, flags=re.IGNORECASE)
    said = said.rstrip(" .?!,")
    if role is Role.PERSON and any(letter.isdigit() for letter in said):
        return None
    return (said.title() if role in {Role.PERSON, Role.PLACE} and said == said.lower() else said) or None


# --- numbers --------------------------------------------------------------------------------------


def _numeric(parameter: Parameter, text: str, numbers: list[Number]) -> object | None:
    """The number nearest to the parameter's own words; each number is used once."""
    fitting = [each for each in numbers if parameter.role is Role.NUMBER or each.whole is not None]
    if not fitting:
        return None
    if parameter.many:
        return [_typed(each, parameter) for each in fitting]
    hint = {stem(word) for word in parameter.words.split()} - {"number", "id"}
    places = [word.end for word in words_of(text) if stem(word.lower) in hint]
    best = min(
        fitting, key=lambda each: min((abs(each.start - place) for place in places), default=each.start)
    )
    numbers.remove(best)
    return _typed(best, parameter)


def _typed(number: Number, parameter: Parameter) -> float | int:
    return int(number.value) if parameter.role is Role.INTEGER or number.whole is not None else number.value


# --- words ----------------------------------------------------------------------------------------


def _worded(parameter: Parameter, offer: Offer, clause: Clause, filled: Filled) -> object | None:
    if parameter.role is Role.CHOICE:
        return _choice(parameter, clause.text)
    if parameter.role is Role.BOOLEAN:
        return _boolean(parameter, clause.text)
    if parameter.role is Role.DATE:
        return calendar.date_in(clause.text, clause.today)
    if parameter.role is Role.PROBLEM:
        return nouns.problem_in(clause.text, _device(offer, clause.text, filled))
    if parameter.role is Role.THING:
        return _thing(parameter, offer, clause.text, filled)
    if parameter.role is Role.PERSON:
        return nouns.person_in(clause.text) or _lower_case_person(offer, clause.text)
    reader = _READERS.get(parameter.role)
    return reader(clause.text) if reader else None


_READERS: dict[Role, Callable[[str], str | None]] = {
    Role.DAY: calendar.day_in,
    Role.TIME: calendar.time_in,
    Role.EMAIL: nouns.email_in,
    Role.PLACE: nouns.place_in,
    Role.TEXT: nouns.dictated,
}


def _own_words(offer: Offer) -> set[str]:
    return {stem(word) for word in offer.title.split()} | {
        stem(word) for parameter in offer.parameters for word in parameter.words.split()
    }


def _lower_case_person(offer: Offer, text: str) -> str | None:
    """A name without capitals, where the tool asks for nothing else: "search tickets for ada lopez"."""
    if len(offer.parameters) > 1 or text != text.lower() or not _CUE.search(text):
        return None
    name = nouns.thing_in(text, _own_words(offer))
    return name.title() if name and len(name.split()) <= 3 else None


def _thing(parameter: Parameter, offer: Offer, text: str, filled: Filled) -> str | None:
    if any(each.role is Role.PROBLEM for each in offer.parameters):
        return _device(offer, text, filled)
    return nouns.thing_in(text, _own_words(offer) - {stem(parameter.words)})


def _device(offer: Offer, text: str, filled: Filled) -> str | None:
    for parameter in offer.parameters:
        if parameter.role is Role.PERSON and isinstance(name := filled.get(parameter.name), str):
            text = re.sub(rf"\b{re.escape(name)}['’]s\b", "her", text).replace(name, "")
    return nouns.device_in(text)


def _choice(parameter: Parameter, text: str) -> object | None:
    said = {stem(word.lower) for word in words_of(text)}
    named = []
    for choice in parameter.choices:
        words = [stem(word) for word in re.findall(r"\w+", str(choice).lower().replace("_", " "))]
        if words and all(word in said for word in words):
            named.append((len(words), choice))
    if parameter.many and named:
        return [choice for _, choice in named]
    return max(named, key=lambda each: each[0])[1] if named else None


def _boolean(parameter: Parameter, text: str) -> bool | None:
    hint = {stem(word) for word in parameter.words.split()} - {"is", "be", "with", "include"}
    words = words_of(text)
    for at, word in enumerate(words):
        if stem(word.lower) in hint:
            before = " ".join(each.lower for each in words[max(0, at - 3) : at])
            return _NO.search(before) is None
    return None
