"""What a fault is: it looks at what is said on a session's wire, and says what happens instead.

A fault decides and does nothing: deeds in, deeds out. It stands at one seam, between a session and its rim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from jackfield_local.durations import as_seconds
from jackfield_local.engine.effects import Effect
from jackfield_local.engine.shapes import Event
from jackfield_local.refusals import Refusal

MOST_SECONDS = 3600.0

Seconds = Annotated[float, BeforeValidator(as_seconds), Field(ge=0, le=MOST_SECONDS)]


class Door(StrEnum):
    """Where a client is let in."""

    SESSION = "session"  # a WebSocket of its own
    CALL = "call"  # an SDP offer
    KEY = "key"  # an SDP offer that comes with an ephemeral key
    SIDEBAND = "sideband"


@dataclass(frozen=True, slots=True)
class Serve:
    """The session takes in this event of a client."""

    event: Event


@dataclass(frozen=True, slots=True)
class Later:
    """So many seconds later; whatever is told after it waits behind it."""

    seconds: float
    effect: Effect


@dataclass(frozen=True, slots=True)
class Fail:
    """The response fails instead of being thought about."""

    response_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Every WebSocket of the session closes with this code; 1006 is one that breaks, without a goodbye."""

    code: int


@dataclass(frozen=True, slots=True)
class Vanish:
    """The media of the call stops answering; nobody is told."""


Deed = Effect | Serve | Later | Fail | Cut | Vanish


class Fault(BaseModel):
    """One thing that goes wrong. The fields are its settings; what it remembers is of one session, but for
    what it does at doors, which is of all sessions of its script."""

    model_config = ConfigDict(extra="forbid")

    @property
    def lasts(self) -> float | None:
        """Seconds after which the session is over, if that is the fault."""
        return None

    @property
    def filters_channel(self) -> bool:
        """Whether the data channel carries only what Azure's `webrtcfilter=on` lets through."""
        return False

    def at(self, door: Door) -> Refusal | None:
        """What whoever knocks there is told, if not welcome."""
        return None

    def heard(self, event: Event) -> Sequence[Deed]:
        """What comes of an event of a client."""
        return [Serve(event)]

    def told(self, effect: Effect) -> Sequence[Deed]:
        """What comes of something that the session wants done."""
        return [effect]


class Counted(Fault):
    """A fault that happens `times` times, after it has not happened `skip` times."""

    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    _seen: int = PrivateAttr(0)

    def strikes(self) -> bool:
        """Whether it happens this time."""
        self._seen += 1
        return self.skip < self._seen <= self.skip + self.times
