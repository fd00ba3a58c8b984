"""The seam between the front process and the media processes: one caller's media leg.

Audio is s16le mono at 24 kHz. A media process owns the peer connection, the jitter buffer, the encoder
and the playout clock; the front only queues what is to be said and learns what became of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChannelOpened:
    """The caller's data channel is open: text may be sent."""


@dataclass(frozen=True, slots=True)
class TextReceived:
    """One message from the caller's data channel."""

    text: str


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """The caller's sound, decoded, gaps filled with silence; 20 ms or more at a time."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class PlayStarted:
    """The first sound of this item left for the caller."""

    item_id: str


@dataclass(frozen=True, slots=True)
class PlayFinished:
    """All sound of this item was played, `played_ms` of it, or it was cut off after that much."""

    item_id: str
    played_ms: int
    cut: bool


@dataclass(frozen=True, slots=True)
class LineClosed:
    """The caller is gone: hung up, lost, or never connected. The last event of a line."""

    reason: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key of the phone: 0 to 9, *, #, A to D."""

    key: str


LineEvent = (
    ChannelOpened | TextReceived | AudioReceived | PlayStarted | PlayFinished | KeyPressed | LineClosed
)


class Line(Protocol):
    """One caller. The methods never wait; what they ask for happens in order."""

    @property
    def sdp(self) -> str:
        """The answer for the caller, all candidates in it."""

    def events(self) -> AsyncIterator[LineEvent]:
        """What happens on the line; ends after `LineClosed`. One reader."""

    def send(self, text: str) -> None:
        """Send one message on the data channel; kept until the channel is open."""

    def play(self, item_id: str, pcm: bytes) -> None:
        """Queue sound behind what is queued already, at playout speed."""

    def finish(self, item_id: str) -> None:
        """No more sound will come for this item; `PlayFinished` follows when it has been played."""

    def flush(self) -> None:
        """Stop at once: everything queued is dropped, and `PlayFinished(cut=True)` tells what was heard."""

    def vanish(self) -> None:
        """Send nothing any more, and tell nobody: a fault, on purpose."""

    async def close(self) -> None:
        """Hang up. Idempotent."""


class Lines(Protocol):
    """The pool of media processes."""

    async def answer(self, offer: str) -> Line:
        """Take a caller. Raises `jackfield.MediaError` for an SDP that cannot be answered, and
        `LinesFull` when every process has all the callers it can serve."""

    async def aclose(self) -> None:
        """Hang up every line and end the processes."""


class LinesFull(Exception):  # noqa: N818 - a state, answered with 503
    """Admission control: one more caller would spoil the sound of the others."""
