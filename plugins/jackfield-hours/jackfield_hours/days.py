"""Days in a caller's words, and in a voice's."""

from __future__ import annotations

import re
from datetime import date, timedelta

from jackfield.errors import ToolError
from jackfield_hours.settings import WEEKDAYS

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_FIRST = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth",
)  # fmt: skip
_ORDINALS = (*_FIRST, "twentieth", *(f"twenty-{word}" for word in _FIRST[:9]), "thirtieth", "thirty-first")

_FILLERS = re.compile(r"\b(on|this|the|of|coming|morning|afternoon|evening)\b")
_NEAR = {"today": 0, "now": 0, "tonight": 0, "": 0, "tomorrow": 1, "day after tomorrow": 2}


def day_named(words: str, today: date) -> date:
    """The day meant: today, tomorrow, a weekday (the next one to come), or a date. Raises `ToolError`."""
    plain = " ".join(_FILLERS.sub(" ", words.lower().replace(",", " ")).split())
    if plain in _NEAR:
        return today + timedelta(days=_NEAR[plain])
    day = _weekday(plain, today) or _iso(plain) or _day_and_month(plain, today)
    if day is None:
        raise ToolError(
            f'I do not know which day "{words.strip()[:40]}" is. Say today, tomorrow, a weekday, '
            "or a date such as the fifth of May."
        )
    if day < today:
        raise ToolError(f"{spoken_date(day)} is in the past. Ask for a day to come.")
    return day


def spoken_day(day: date, today: date) -> str:
    """The day as an adverb: `today`, `tomorrow`, `on Thursday`, `on Friday the first of May`."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    return f"on {WEEKDAYS[day.weekday()].capitalize()}" if 1 < ahead < 7 else f"on {spoken_date(day)}"


def spoken_date(day: date) -> str:
    weekday, month = WEEKDAYS[day.weekday()].capitalize(), MONTHS[day.month - 1].capitalize()
    return f"{weekday} the {_ORDINALS[day.day - 1]} of {month}"


def _weekday(plain: str, today: date) -> date | None:
    """`next monday`, said on a Monday, is a week away; `monday` is today."""
    after_today = plain.startswith("next ")
    name = plain.removeprefix("next ")
    matching = [index for index, each in enumerate(WEEKDAYS) if len(name) >= 3 and each.startswith(name)]
    if len(matching) != 1:
        return None
    ahead = (matching[0] - today.weekday()) % 7
    return today + timedelta(days=ahead or (7 if after_today else 0))


def _iso(plain: str) -> date | None:
    try:
        return date.fromisoformat(plain)
    except ValueError:
        return None


def _day_and_month(plain: str, today: date) -> date | None:
    """`25 december`, `december 25th`, `twenty-fifth december`, with a year or without: then the next one."""
    words = plain.split()
    months = [index for index, month in enumerate(MONTHS, 1) if month in words]
    years = [int(word) for word in words if re.fullmatch(r"[12]\d{3}", word)]
    days = [number for word in words if (number := _ordinal(word))]
    if len(months) != 1 or len(days) != 1 or len(years) > 1:
        return None
    for year in years or (today.year, today.year + 1, *range(today.year + 2, today.year + 9)):
        day = _real_date(year, months[0], days[0])
        if day and (years or day >= today):
            return day
    return None


def _ordinal(word: str) -> int:
    """25, 25th, twenty-fifth; 0 for anything else."""
    number = re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", word)
    if number:
        return int(number[1])
    return _ORDINALS.index(word) + 1 if word in _ORDINALS else 0


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
