"""The plugin's section of agents.yaml, as a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from jackfield.config.model import Model
from jackfield_hours.schedule import Schedule, Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_SPAN = re.compile(r"\s*(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?\s*")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone; write one such as Europe/London") from None
    return name


def _spans(times: object) -> tuple[Span, ...]:
    if times in (None, "closed"):
        return ()
    listed = times if isinstance(times, list) else [times]
    spans = sorted(_span(each) for each in listed)
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise ValueError("two of these times overlap")
    return tuple(spans)


def _span(text: object) -> Span:
    found = _SPAN.fullmatch(str(text))
    if not found:
        raise ValueError(f'{str(text)[:40]!r} is no opening time; write 9:00-17:30, or "closed"')
    hours = [60 * int(found[group]) + int(found[group + 1] or 0) for group in (1, 3)]
    span = Span(*hours)
    minutes = [int(found[group] or 0) for group in (2, 4)]
    if span.closes > 24 * 60 or max(minutes) > 59:
        raise ValueError(f"{str(text)[:40]!r} goes beyond the day; hours end at 24:00, minutes at 59")
    if span.opens >= span.closes:
        raise ValueError(f"{str(text)[:40]!r} closes before it opens; split it at midnight, 24:00")
    return span


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ValueError("this is no date; write 2026-12-25") from None


_TIMES = {"type": "string", "examples": ["9:00-17:30"]}

Times = Annotated[
    tuple[Span, ...],
    BeforeValidator(_spans),
    WithJsonSchema({"anyOf": [_TIMES, {"type": "array", "items": _TIMES}, {"type": "null"}]}),
]
Day = Annotated[date, BeforeValidator(_day)]


class HoursSettings(Model):
    """When the shop is open."""

    timezone: Annotated[str, AfterValidator(_zone)]
    """Where the shop is, such as Europe/London."""

    open: Annotated[dict[Weekday, Times], Field(min_length=1)]
    """The opening times by weekday, such as `monday: 9:00-17:30`, or several in a list. Days that are not
    named are closed days."""

    closed: list[Day] = Field(default=[])
    """Days on which the shop is closed all the same."""

    @property
    def schedule(self) -> Schedule:
        week: Mapping[int, tuple[Span, ...]] = {
            WEEKDAYS.index(day): spans for day, spans in self.open.items()
        }
        return Schedule(week=week, closed=frozenset(self.closed), zone=ZoneInfo(self.timezone))
