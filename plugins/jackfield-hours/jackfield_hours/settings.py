"""The plugin's section of agents.yaml, as a schedule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jackfield.errors import PluginError
from jackfield_hours.schedule import Schedule, Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_PLACE = "plugins.hours"
_KEYS = ("timezone", "open", "closed")
_SPAN = re.compile(r"\s*(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?\s*")


def schedule_from(settings: Mapping[str, object]) -> Schedule:
    """Raises `PluginError` that names the key that is wrong."""
    for key in settings:
        if key not in _KEYS:
            raise PluginError(
                f"{_PLACE}.{key} is not known{_meant(key, _KEYS)}; the keys are {', '.join(_KEYS)}"
            )
    return Schedule(
        week=_week(settings.get("open")),
        closed=frozenset(_closed(settings.get("closed", []))),
        zone=_zone(settings.get("timezone")),
    )


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name or ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problem = f"{name!r} is no time zone" if name else "is missing"
        raise PluginError(f"{_PLACE}.timezone: {problem}; write one such as Europe/London") from None


def _week(days: object) -> dict[int, tuple[Span, ...]]:
    if not isinstance(days, Mapping) or not days:
        raise PluginError(f"{_PLACE}.open: give the opening times by weekday, such as `monday: 9:00-17:30`")
    week = {}
    for day, times in days.items():
        if day not in WEEKDAYS:
            raise PluginError(f"{_PLACE}.open.{day} is no weekday{_meant(str(day), WEEKDAYS)}")
        week[WEEKDAYS.index(day)] = _spans(f"{_PLACE}.open.{day}", times)
    return week


def _spans(place: str, times: object) -> tuple[Span, ...]:
    if times in (None, "closed"):
        return ()
    listed = times if isinstance(times, list) else [times]
    spans = sorted(_span(place, each) for each in listed)
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise PluginError(f"{place}: two of its times overlap")
    return tuple(spans)


def _span(place: str, text: object) -> Span:
    found = _SPAN.fullmatch(str(text))
    if not found:
        raise PluginError(f'{place}: {str(text)[:40]!r} is no opening time; write 9:00-17:30, or "closed"')
    hours = [60 * int(found[group]) + int(found[group + 1] or 0) for group in (1, 3)]
    span = Span(*hours)
    minutes = [int(found[group] or 0) for group in (2, 4)]
    if span.closes > 24 * 60 or max(minutes) > 59:
        raise PluginError(
            f"{place}: {str(text)[:40]!r} goes beyond the day; hours end at 24:00, minutes at 59"
        )
    if span.opens >= span.closes:
        raise PluginError(f"{place}: {str(text)[:40]!r} closes before it opens; split it at midnight, 24:00")
    return span


def _closed(days: object) -> Iterable[date]:
    """YAML reads 2026-12-25 as a date by itself; in quotes it is text."""
    if not isinstance(days, list):
        raise PluginError(f"{_PLACE}.closed: list the dates, such as [2026-12-25, 2026-12-26]")
    for index, day in enumerate(days):
        try:
            yield date.fromisoformat(str(day)[:10])
        except ValueError:
            raise PluginError(f"{_PLACE}.closed[{index}]: {day!r} is no date; write 2026-12-25") from None


def _meant(name: str, names: Iterable[str]) -> str:
    alike = get_close_matches(name.lower(), list(names), n=1)
    return f" (did you mean {alike[0]}?)" if alike else ""
