"""Opening times as data: which spans of which days. No clock, no words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS_AHEAD = 366


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from one minute of the day until before another; 1440 is the end of the day."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """`week` holds the spans of each weekday (Monday is 0), in order; on `closed` days there are none."""

    week: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date]
    zone: ZoneInfo

    def spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.closed else self.week.get(day.weekday(), ())

    def span_at(self, moment: datetime) -> Span | None:
        """The span that `moment` lies in, or None while closed. `moment` is in the schedule's zone."""
        minute = minute_of(moment)
        return next((span for span in self.spans(moment.date()) if span.opens <= minute < span.closes), None)

    def next_opening(self, moment: datetime) -> tuple[date, Span] | None:
        """The first span that begins after `moment`, within a year; None if there is none."""
        for ahead in range(_DAYS_AHEAD + 1):
            day = moment.date() + timedelta(days=ahead)
            for span in self.spans(day):
                if ahead or span.opens > minute_of(moment):
                    return day, span
        return None


def minute_of(moment: datetime) -> int:
    return 60 * moment.hour + moment.minute
