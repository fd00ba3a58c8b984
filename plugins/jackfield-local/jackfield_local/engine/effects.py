"""What a session orders its rim to do. In order; none of them is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jackfield_local.speech import Thought

from .shapes import Event


@dataclass(frozen=True, slots=True)
class Emit:
    """Send an event to every client of the session."""

    event: Event


@dataclass(frozen=True, slots=True)
class Think:
    """Ask the mind; report with `said`, `sounded`, `called`, then `thought` or `failed`.

    `voice` is None where the response is written, not spoken.
    """

    response_id: str
    thought: Thought
    voice: str | None
    speed: float


@dataclass(frozen=True, slots=True)
class StopThinking:
    """The response is over; whatever still comes of it is dropped."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Recognise:
    """Understand s16le at 24 kHz; report with `heard`."""

    ticket: str
    pcm: bytes
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Play:
    """Queue s16le at 24 kHz on the line. Only where the session owns playback (WebRTC)."""

    item_id: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class FinishPlay:
    """No more sound will come for this item."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Flush:
    """Stop playing at once."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the session: close every socket with this code, hang up the line."""

    code: int
    reason: str


Effect = Emit | Think | StopThinking | Recognise | Play | FinishPlay | Flush | Close
