"""One caller, as the front sees it (`line.Line`)."""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import AsyncIterator

from jackfield.media.mailbox import Mailbox
from jackfield.media.process import MediaProcess
from jackfield_local.line import AudioReceived, LineClosed, LineEvent

HANG_UP_WITHIN = 3.0
# 40 s of sound that nobody reads; then the oldest sound is dropped, and after that the line.
MOST_EVENTS = 2_000
_PIECE = 1 << 18

log = logging.getLogger(__name__)


class LineState(enum.Enum):
    """A line is open, then asked to close, then closed; it may close without being asked."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class MediaLine:
    """One caller (`line.Line`). Sound and text for a line that is closed go nowhere."""

    def __init__(self, name: str, process: MediaProcess, sdp: str, most: int) -> None:
        self._name = name
        self._process = process
        self._sdp = sdp
        self._most = most
        self._state = LineState.OPEN
        self._closed = asyncio.Event()
        self._events: Mailbox[LineEvent] = Mailbox(
            MOST_EVENTS, lambda event: isinstance(event, AudioReceived)
        )

    @property
    def sdp(self) -> str:
        """The answer for the caller, all candidates in it."""
        return self._sdp

    @property
    def message_size(self) -> int:
        """The largest message, in bytes of UTF-8, that the caller takes on the data channel."""
        return self._most

    async def events(self) -> AsyncIterator[LineEvent]:
        """What happens on the line; ends after `LineClosed`. One reader."""
        async for event in self._events:
            yield event

    def send(self, text: str) -> None:
        """Send one message. One that is larger than `message_size` cannot be: it is dropped, and logged."""
        data = text.encode(errors="replace")
        if len(data) > self._most:
            log.warning("A message of %d bytes was not sent: the caller takes %d.", len(data), self._most)
            return
        self._ask("send", data)

    def play(self, item_id: str, pcm: bytes) -> None:
        """Queue sound, any length; ten minutes may wait, and what goes beyond is dropped and logged."""
        for start in range(0, len(pcm), _PIECE):
            self._ask("play", pcm[start : start + _PIECE], item=item_id)

    def finish(self, item_id: str) -> None:
        """No more sound will come for this item."""
        self._ask("finish", item=item_id)

    def flush(self) -> None:
        """Drop what is queued. Items that were not finished are over: later sound of them is dropped too."""
        self._ask("flush")

    def vanish(self) -> None:
        """Send nothing any more, and tell nobody."""
        self._ask("vanish")

    async def close(self) -> None:
        """Hang up. Idempotent; returns when the line is closed, after `HANG_UP_WITHIN` at the latest."""
        if self._state is LineState.OPEN:
            self._ask("close")
            self._state = LineState.CLOSING
        try:
            async with asyncio.timeout(HANG_UP_WITHIN):
                await self._closed.wait()
        except TimeoutError:
            log.warning("Media process %d does not hang up; it is replaced.", self._process.pid)
            self._process.wire.abort()
            self.end("hung up")

    def end(self, reason: str) -> None:
        """The line is closed, whoever did it. For the pool."""
        if self._state is not LineState.CLOSED:
            self._state = LineState.CLOSED
            self._events.put(LineClosed(reason), last=True)
            self._closed.set()

    def happened(self, event: LineEvent) -> None:
        """Pass an event to the reader. For the pool."""
        if isinstance(event, LineClosed):
            self.end(event.reason)
            return
        dropped = self._events.put(event)
        if dropped is not None and not isinstance(dropped, AudioReceived):
            self._ask("close")
            self.end(f"{MOST_EVENTS} events wait to be read")

    def _ask(self, kind: str, payload: bytes = b"", **fields: object) -> None:
        if self._state is LineState.OPEN:
            self._process.wire.send(kind, payload, line=self._name, **fields)
