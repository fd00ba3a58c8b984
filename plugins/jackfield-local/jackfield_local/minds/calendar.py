"""Days and times of day, as people say them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from jackfield_local.minds.words import TENS, UNITS

_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(_MONTHS)
_FEASTS = {
    "christmas eve": "24 December",
    "christmas": "25 December",
    "xmas": "25 December",
    "boxing day": "26 December",
    "new year's eve": "31 December",
    "new year": "1 January",
    "easter monday": "Easter Monday",
    "easter": "Easter Sunday",
    "good friday": "Good Friday",
}
_FIRST = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
    "sixteenth", "seventeenth", "eighteenth", "nineteenth",
]  # fmt: skip
_ORDINALS = {
    word: at
    for at, word in enumerate(
        [*_FIRST, "twentieth", *(f"twenty {word}" for word in _FIRST[:9]), "thirtieth", "thirty first"], 1
    )
}
_ORDINAL = "|".join(sorted((word.replace(" ", "[ -]") for word in _ORDINALS), key=len, reverse=True))
_DAY = re.compile(
    rf"\b(?:the )?(?:(\d{{4}}-\d\d-\d\d)"
    rf"|({'|'.join(_FEASTS)})"
    rf"|(day after tomorrow|today|tonight|tomorrow|yesterday|now)"
    rf"|(?:(next|this) )?({'|'.join(_DAYS)})s?"
    rf"|(\d{{1,2}}|{_ORDINAL})(?:st|nd|rd|th)?(?: of)? ({_MONTH})"
    rf"|({_MONTH}) (?:the )?(\d{{1,2}}|{_ORDINAL})(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
_HOUR = r"(\d{1,2}|" + "|".join(list(UNITS)[1:13]) + ")"
_MINUTE = (
    r"(\d\d|oh [a-z]+|"
    + "|".join([*list(UNITS)[10:], *TENS])
    + r")(?:[ -]("
    + "|".join(list(UNITS)[1:10])
    + "))?"
)
_HALF = re.compile(rf"\bhalf past {_HOUR}\b")
_QUARTER = re.compile(rf"\b(?:a )?quarter (past|to) {_HOUR}\b")
_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d\d)\b")
_NAMED = re.compile(r"\b(noon|midday|midnight)\b")
_SAID = re.compile(
    rf"\b(?:at|by|around|before|after|until|till|from|for) {_HOUR}(?: {_MINUTE})?"
    r"(?! ?(?:days|hours|minutes|people|tickets|percent|dollars|pounds|euros))\b"
)
_HALF_OF_DAY = re.compile(rf"\b{_HOUR}(?: {_MINUTE})? ?(?=[ap]\.?m\b|o'?clock)")
_LATER = re.compile(r"\d ?p\.?m\b|\bp\.?m\b|tonight|evening|afternoon|dinner")
_EARLIER = re.compile(r"\d ?a\.?m\b|\ba\.?m\b|morning|breakfast|midnight")
_NAMED_HOURS = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}


def day_in(text: str) -> str | None:
    """The first day named: "Saturday", "tomorrow", "24 November" or "2026-11-24"; None where none is."""
    return next(iter(days_in(text)), None)


def days_in(text: str) -> list[str]:
    """All days named, each once."""
    return list(dict.fromkeys(_named(found) for found in _DAY.finditer(text.replace("’", "'"))))


def _named(found: re.Match[str]) -> str:
    iso, feast, word, qualifier, weekday, number, month, month_first, number_after = found.groups()
    if feast:
        return _FEASTS[feast.lower()]
    if weekday:
        return ("next " if str(qualifier).lower() == "next" else "") + weekday.capitalize()
    if word:
        return {"tonight": "today", "now": "today"}.get(word.lower(), word.lower())
    return iso or f"{_rank(number or number_after)} {(month or month_first).capitalize()}"


def _rank(words: str) -> str:
    """The day of a month in digits."""
    return words if words.isdigit() else str(_ORDINALS[words.lower().replace("-", " ")])


def date_in(text: str, today: date) -> str | None:
    """The first day named, as an ISO date; a weekday is the next one, today included."""
    day = day_in(text)
    if day is None or re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        return day
    day = day.removeprefix("next ")
    offset = {"yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2}.get(day)
    if offset is None and day.lower() in _DAYS:
        offset = (_DAYS.index(day.lower()) - today.weekday()) % 7
    if offset is not None:
        return (today + timedelta(days=offset)).isoformat()
    try:
        number, month = day.split()
        named = today.replace(month=_MONTHS.index(month.lower()) + 1, day=int(number))
        return (named if named >= today else named.replace(year=today.year + 1)).isoformat()
    except ValueError:  # there is no such day in that year, or it is another each year
        return None


def time_in(text: str) -> str | None:
    """The first time of day named, as HH:MM. "At seven" is in the evening unless the morning is named."""
    lower = text.lower()
    if found := _NAMED.search(lower):
        return _NAMED_HOURS[found[1]]
    place = _place(lower)
    if place is None:
        return None
    hour, minute = place
    if hour > 23 or minute > 59:
        return None
    early = _EARLIER.search(lower)
    if hour < 12 and (_LATER.search(lower) or (not early and hour < 8 and not _CLOCK.search(lower))):
        hour += 12
    if hour == 12 and early:
        hour = 0
    return f"{hour:02d}:{minute:02d}"


def _place(lower: str) -> tuple[int, int] | None:
    if found := _CLOCK.search(lower):
        return int(found[1]), int(found[2])
    if found := _HALF.search(lower):
        return _number(found[1]), 30
    if found := _QUARTER.search(lower):
        hour = _number(found[2])
        return (hour, 15) if found[1] == "past" else ((hour - 1) % 24, 45)
    if found := _HALF_OF_DAY.search(lower) or _SAID.search(lower):
        return _number(found[1]), _number(found[2] or "0") + _number(found[3] or "0")
    return None


def _number(word: str) -> int:
    word = word.removeprefix("oh ")
    return int(word) if word.isdigit() else UNITS.get(word, TENS.get(word, 0))
