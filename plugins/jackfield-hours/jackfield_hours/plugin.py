"""The tools `hours.is_open` and `hours.next_opening`; and every agent knows what time it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime

import jackfield
from jackfield.hookspecs import RegisterTool, SessionFacts
from jackfield.tools.toolset import Toolset, claims
from jackfield_clock import spoken_time
from jackfield_hours.days import day_named, spoken_date, spoken_day
from jackfield_hours.schedule import Span
from jackfield_hours.settings import HoursSettings

log = logging.getLogger(__name__)

_MIDNIGHT = datetime(2000, 1, 1)


class Hours(Toolset):
    """The shop's opening hours, asked at the moment that `clock` tells, in the schedule's zone."""

    shared = "process"
    settings: HoursSettings

    def __init__(self, settings: HoursSettings, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(settings)
        self.schedule = settings.schedule
        self.clock = clock or (lambda: datetime.now(self.schedule.zone))

    @claims(read_only=True)
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

    @property
    def open_now(self) -> bool:
        return self.schedule.span_at(self.clock()) is not None

    @property
    def moment(self) -> str:
        """What day and time it is at the shop, and whether it is open."""
        moment = self.clock()
        return (
            f"It is now {spoken_time(moment)} on {spoken_date(moment.date())}, where the shop is. "
            f"{self._opening(moment) if not self.open_now else self.next_opening()}"
        )

    @claims(read_only=True)
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


class Plugin:
    """Knows the shop once it has settings; without any, none of its hooks is called."""

    settings_model = HoursSettings

    def __init__(self) -> None:
        self.hours: Hours | None = None

    @jackfield.hookimpl
    def register_tools(self, register: RegisterTool, settings: HoursSettings) -> None:
        self.hours = Hours(settings)
        register(Hours)

    @jackfield.hookimpl
    def instructions(self) -> str | None:
        """Nobody has to ask a tool what day it is."""
        return None if self.hours is None else self.hours.moment

    @jackfield.hookimpl
    def session_started(self, session: SessionFacts) -> None:
        if self.hours is not None and not self.hours.open_now:
            log.info("%s: a caller outside of the opening hours", session.id)


plugin = Plugin()


def _from_until(span: Span) -> str:
    return f"from {_spoken(span.opens)} until {_spoken(span.closes)}"


def _spoken(minute: int) -> str:
    return spoken_time(_MIDNIGHT.replace(hour=minute // 60 % 24, minute=minute % 60))
