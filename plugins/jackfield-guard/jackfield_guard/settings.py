"""The plugin's section of agents.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from jackfield.config.values import Seconds
from jackfield.errors import PluginError

_PLACE = "plugins.guard"
_SPAN = re.compile(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*")


class Span(NamedTuple):
    """From a time of day until before another, which may lie on the next day."""

    opens: time
    closes: time


def _span(value: object) -> object:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("write the times as 9:00-17:30")
    hours, minutes = (int(found[1]), int(found[3])), (int(found[2]), int(found[4]))
    if max(hours) > 23 or max(minutes) > 59:
        raise ValueError("hours end at 23, minutes at 59")
    if (hours[0], minutes[0]) == (hours[1], minutes[1]):
        raise ValueError("it opens and closes at the same time")
    return Span(time(hours[0], minutes[0]), time(hours[1], minutes[1]))


def _zone(value: object) -> object:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone; write one such as Europe/London") from None


def _pattern(value: str) -> str:
    if not value.strip():
        raise ValueError("there is nothing in it")
    if value.count("*") > 1:
        raise ValueError("one * is the most that a pattern can have")
    if not value.strip("* "):
        raise ValueError("it would match everything")
    return value.strip()


Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Tools = Annotated[str, Field(pattern=r"^[^\s.]+\.\S+$")]
"""The name of a tool, or a pattern of names such as `tickets.*`."""

Blocked = Annotated[str, AfterValidator(_pattern)]
Times = Annotated[Span, BeforeValidator(_span)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class GuardSettings(BaseModel):
    """Every key may be left out, and then nothing is forbidden by it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    calls_per_session: Count | None = None
    """The most calls of all tools in one session."""

    calls_per_tool: dict[Tools, Count] = {}
    """The most calls in one session, by tool; those that one pattern fits count together."""

    blocked: list[Blocked] = []
    """What no argument may contain: words, in which # is a digit and * the rest of a word."""

    open: dict[Tools, Times] = {}
    """When tools may be used, by the time of day; at any time if they are not named."""

    timezone: Zone | None = None
    """Where the times of `open` are told."""

    one_at_a_time: list[Tools] = []
    """Tools that are run for one caller after the other; those that one pattern fits, together."""

    wait: Seconds = 10.0
    """How long a call waits for its turn."""

    audit: Path | None = None
    """A file to which a line of JSON is added for everything that happens."""


def settings_from(section: Mapping[str, object]) -> GuardSettings:
    """Raises `PluginError` that names the keys that are wrong."""
    try:
        settings = GuardSettings.model_validate(dict(section))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise PluginError(
            "; ".join(_fault(each["loc"], each["type"], each["msg"]) for each in faults)
        ) from None
    if settings.open and settings.timezone is None:
        raise PluginError(f"{_PLACE}.timezone is missing: it says where the times of `open` are told")
    return settings


def _fault(where: tuple[int | str, ...], kind: str, message: str) -> str:
    place = ".".join([_PLACE, *(str(each) for each in where if each != "[key]")])
    if kind == "extra_forbidden":
        keys = list(GuardSettings.model_fields)
        near = get_close_matches(str(where[-1]), keys, n=1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        return f"{place} is not known{meant}; the keys are {', '.join(keys)}"
    if kind == "string_pattern_mismatch":
        return f"{place}: this is no tool; write source.name, such as tickets.close_ticket or tickets.*"
    return f"{place}: {message.removeprefix('Value error, ')}"
