"""The plugin's section of agents.yaml."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from jackfield.config.values import Seconds, Text

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


def _tools(value: str) -> str:
    if not re.fullmatch(r"[^\s.]+\.\S+", value):
        raise ValueError("this is no tool; write source.name, such as tickets.close_ticket or tickets.*")
    return value


Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Tools = Annotated[str, AfterValidator(_tools)]
"""The name of a tool, or a pattern of names such as `tickets.*`."""

Blocked = Annotated[str, AfterValidator(_pattern)]
Times = Annotated[Span, BeforeValidator(_span)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class GuardSettings(BaseModel):
    """Every key may be left out, and then nothing is forbidden by it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    calls_per_session: Count | None = None
    """The most calls of all tools in one session."""

    calls_per_minute: Count | None = None
    """The most calls of all tools that begin within sixty seconds of one session."""

    calls_per_tool: dict[Tools, Count] = {}
    """The most calls in one session, by tool; those that one pattern fits count together."""

    blocked: list[Blocked] = []
    """What no argument may contain: words, in which # is a digit and * the rest of a word."""

    instructions: Text | None = None
    """Words that are added to the instructions of every agent."""

    topics: list[Text] = []
    """What agents are told not to speak about."""

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

    private: list[Blocked] = []
    """What is taken out of the audit log beside e-mail addresses and people's numbers; as in `blocked`."""

    redact_logs: bool = False
    """Whether the same is taken out of everything that this process logs."""

    @model_validator(mode="after")
    def _knows_its_times(self) -> Self:
        if self.open and self.timezone is None:
            raise ValueError("`timezone` is missing: it says where the times of `open` are told")
        return self

    @property
    def said(self) -> str:
        """What is added to the instructions of every agent."""
        words = [self.instructions or ""]
        if self.topics:
            words.append(
                f"Do not speak about {'; '.join(self.topics)}. If the caller asks about that, say that you "
                "cannot help with it, and offer what you can do."
            )
        return "\n".join(filter(None, words))
