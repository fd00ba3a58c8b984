"""The tools `hours.is_open` and `hours.next_opening`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import jackfield
from jackfield.hookspecs import RegisterTool, Settings
from jackfield_clock import spoken_time
from jackfield_hours.days import day_named, spoken_day
from jackfield_hours.schedule import Schedule, Span
from jackfield_hours.settings import schedule_from

_MIDNIGHT = datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The shop's opening hours, asked at the moment that `clock` tells, in the schedule's zone."""

    schedule: Schedule
    clock: Callable[[], datetime]

    def is_open(self, day: str = "today") -> str:
        """Whether the shop is open, and when: now, or on another day.

        Args:
            day: today, tomorrow, a weekday such as Saturday, or a date such as 2026-12-24.
        """
        moment = self.clock()
        asked = day_named(day, moment.date())
        if asked == moment.date():
            return self._today(moment)
        spans = self.schedule.spans(asked)
        when = spoken_day(asked, moment.date())
        if not spans:
            return f"No, we are closed {when}. {self._reopening(moment, asked)}"
        return f"Yes, {when} we are open {' and '.join(map(_from_until, spans))}."

    def next_opening(self) -> str:
        """When the shop opens next, or until when it is open now."""
        moment = self.clock()
        span = self.schedule.span_at(moment)
        return f"We are open now, until {_spoken(span.closes)}." if span else self._opening(moment)

    def _today(self, moment: datetime) -> str:
        span = self.schedule.span_at(moment)
        if span:
            return f"Yes, we are open now, until {_spoken(span.closes)}."
        spans = self.schedule.spans(moment.date())
        if not spans:
            return f"No, we are closed today. {self._opening(moment)}"
        minute = 60 * moment.hour + moment.minute
        if minute < spans[0].opens:
            return f"Not yet. {self._opening(moment)}"
        if minute >= spans[-1].closes:
            return f"No, we closed at {_spoken(spans[-1].closes)}. {self._opening(moment)}"
        return f"Not at the moment. {self._opening(moment)}"

    def _opening(self, moment: datetime) -> str:
        following = self.schedule.next_opening(moment)
        if following is None:
            return "No opening is planned within a year."
        day, span = following
        return f"We open {spoken_day(day, moment.date())} at {_spoken(span.opens)}."

    def _reopening(self, moment: datetime, closed: date) -> str:
        """The first opening after a day on which the shop is closed."""
        following = self.schedule.next_opening(datetime.combine(closed, moment.time(), moment.tzinfo))
        if following is None:
            return "No opening is planned within a year of it."
        day, span = following
        return f"The next opening is {spoken_day(day, moment.date())} at {_spoken(span.opens)}."


@jackfield.hookimpl
def register_tools(register: RegisterTool, settings: Settings) -> None:
    """Without settings there is no shop, and nothing to offer."""
    if not settings:
        return
    schedule = schedule_from(settings)
    hours = Hours(schedule, lambda: datetime.now(schedule.zone))
    register(hours.is_open, read_only=True)
    register(hours.next_opening, read_only=True)


def _from_until(span: Span) -> str:
    return f"from {_spoken(span.opens)} until {_spoken(span.closes)}"


def _spoken(minute: int) -> str:
    return spoken_time(_MIDNIGHT.replace(hour=minute // 60 % 24, minute=minute % 60))
