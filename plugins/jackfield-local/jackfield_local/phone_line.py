"""The line of a phone call, simulated: sound takes its time and goes nowhere, the caller's comes from whoever
plays the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from jackfield.media.mailbox import Mailbox
from jackfield_local.line import (
    AudioReceived,
    KeyPressed,
    LineClosed,
    LineEvent,
    PlayFinished,
    PlayStarted,
)

BYTES_PER_SECOND = 48_000
PIECE = BYTES_PER_SECOND // 10
MOST_EVENTS = 2_000
SILENCE = bytes(2 * BYTES_PER_SECOND)
"""After what the caller says: by this the end of a turn is known."""


@dataclass(slots=True)
class _Sound:
    """Of one item: when its first sound is played, and how long all of it takes. Seconds of the loop."""

    begins: float
    seconds: float = 0.0


class PhoneLine:
    """`Line` without media. `pace` is how much faster than in life time passes on it."""

    sdp = ""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._events: Mailbox[LineEvent] = Mailbox(MOST_EVENTS, lambda each: isinstance(each, AudioReceived))
        self._playing: dict[str, _Sound] = {}
        self._free_at = 0.0
        self._timers: list[asyncio.TimerHandle] = []
        self._caller = bytearray()
        self._speaking: asyncio.TimerHandle | None = None

    async def events(self) -> AsyncIterator[LineEvent]:
        async for event in self._events:
            yield event

    def send(self, text: str) -> None:
        """A phone has no data channel."""

    # --- what the agent says --------------------------------------------------------------------------

    def play(self, item_id: str, pcm: bytes) -> None:
        begins = max(self._free_at, self._loop.time())
        if item_id not in self._playing:
            self._playing[item_id] = _Sound(begins)
            self._at(begins, PlayStarted(item_id))
        seconds = len(pcm) / BYTES_PER_SECOND / self._pace
        self._playing[item_id].seconds += seconds
        self._free_at = begins + seconds

    def finish(self, item_id: str) -> None:
        if item_id in self._playing:
            self._timers.append(self._loop.call_at(self._free_at, self._played, item_id))

    def vanish(self) -> None:
        """There is no sound that could be missed."""

    def flush(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._free_at = now = self._loop.time()
        for item_id, sound in self._playing.items():
            heard = min(max(0.0, now - sound.begins), sound.seconds)
            self._events.put(PlayFinished(item_id, self._ms(heard), cut=True))
        self._playing.clear()

    def _played(self, item_id: str) -> None:
        sound = self._playing.pop(item_id)
        self._events.put(PlayFinished(item_id, self._ms(sound.seconds), cut=False))

    def _at(self, moment: float, event: LineEvent) -> None:
        self._timers = [timer for timer in self._timers if timer.when() > self._loop.time()]
        self._timers.append(self._loop.call_at(moment, self._events.put, event))

    def _ms(self, seconds: float) -> int:
        return round(seconds * self._pace * 1000)

    # --- what the caller does -------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """A key of the phone."""
        self._events.put(KeyPressed(key))

    def speak(self, pcm: bytes) -> None:
        """The caller says this, s16le mono at 24 kHz, and is silent then."""
        self._caller += pcm + SILENCE
        if self._speaking is None:
            self._say_on()

    def _say_on(self) -> None:
        piece = bytes(self._caller[:PIECE])
        del self._caller[:PIECE]
        if not piece:
            self._speaking = None
            return
        self._events.put(AudioReceived(piece))
        self._speaking = self._loop.call_later(0.1 / self._pace, self._say_on)

    async def close(self) -> None:
        self.hang_up("hung up")

    def hang_up(self, reason: str) -> None:
        """The line is closed, whoever did it."""
        for timer in [*self._timers, *([self._speaking] if self._speaking else [])]:
            timer.cancel()
        self._events.put(LineClosed(reason), last=True)
