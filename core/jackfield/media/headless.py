"""The caller as a program: a WebRTC peer without a browser, in a process of its own.

    async with HeadlessPeer.start() as peer:
        answer = await whoever_answers(await peer.offer())
        await peer.accept(answer)
        await peer.connected()
        peer.play(Path("question.wav"))
        async for event in peer.events():
            ...
        report = await peer.finish(Path("heard.wav"))

It sends silence while it has nothing to say, as a telephone does. The process dies with its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from jackfield.errors import MediaError
from jackfield.media.mailbox import Mailbox
from jackfield.media.process import MediaProcess
from jackfield.media.report import Question, Report
from jackfield.media.wav import read_wav
from jackfield.processes.wire import Message

LABEL = "oai-events"
MODULE = "jackfield.media.caller"

# The other process bounds what it does by ten seconds; this bounds the other process.
REPLY_WITHIN = 15.0
MOST_EVENTS = 10_000
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened `at_ms` after the connection was made (0 before that)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Connected(Event):
    """Sound can flow both ways."""


@dataclass(frozen=True, slots=True)
class ChannelOpened(Event):
    """The data channel is open: `HeadlessPeer.send` works."""


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """One message from the data channel."""

    text: str


@dataclass(frozen=True, slots=True)
class SoundStarted(Event):
    """The first sound after quiet was heard."""


@dataclass(frozen=True, slots=True)
class SoundEnded(Event):
    """It is quiet again; `at_ms` is when the last sound was heard, half a second ago."""


@dataclass(frozen=True, slots=True)
class Said(Event):
    """The last voiced sample of a question left. `name` is what `play` returned."""

    name: str


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """The call is over; the last event."""

    reason: str


_KINDS: dict[str, type[Event]] = {
    "connected": Connected,
    "channel": ChannelOpened,
    "started": SoundStarted,
    "ended": SoundEnded,
}


class HeadlessPeer:
    """One call. Made by `start`; every method raises `MediaError` when the call cannot do it."""

    def __init__(self, process: MediaProcess) -> None:
        self._process = process
        self._events: Mailbox[Event] = Mailbox(MOST_EVENTS)
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._numbers = itertools.count(1)
        self._questions = itertools.count(1)
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._channel: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._renewed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lost: Callable[[], None] | None = None
        self._reader = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls) -> AsyncIterator[HeadlessPeer]:
        """A peer whose process lives as long as the block. Raises `MediaError` if it does not start."""
        peer = cls(await MediaProcess.start(MODULE))
        try:
            yield peer
        finally:
            await peer.aclose()

    @property
    def pid(self) -> int:
        """The process that owns the sound."""
        return self._process.pid

    async def offer(self, label: str = LABEL) -> str:
        """An SDP offer: audio both ways, a data channel, all candidates in it."""
        return str(await self._ask("offer", label=label))

    async def accept(self, answer: str) -> None:
        """Take the SDP answer and begin to connect."""
        await self._ask("accept", sdp=answer)

    async def connected(self) -> None:
        """Wait until sound can flow; raises `MediaError` with the reason if it never will (after 10 s)."""
        await self._reached(self._connected, "The call did not connect")

    async def renew(self, label: str = LABEL) -> str:
        """An SDP offer for a second line beside the one there is, as `LineWanted` asks for it: `accept` the
        answer, wait until it is `renewed`, and `switch` when the session has moved (`LineChanged`)."""
        self._renewed = asyncio.get_running_loop().create_future()
        return str(await self._ask("renew", label=label))

    async def renewed(self) -> None:
        """Wait until sound can flow on the second line."""
        await self._reached(self._renewed, "The second line did not connect")

    async def switch(self) -> None:
        """Speak and listen on the second line from now on, and let go of the first."""
        await self._ask("switch")

    def lines_may_change(self, lost: Callable[[], None]) -> None:
        """A line that is lost is not the end of the call, for whoever is told by `lost` will `renew` it."""
        self._lost = lost

    async def opened(self) -> None:
        """Wait until the data channel is open."""
        await self._reached(self._channel, "The data channel did not open")

    def play(self, sound: Path | str | bytes) -> str:
        """Say a WAV file, or s16le mono at 24 kHz, after what is being said. The name of it in the report."""
        pcm = sound if isinstance(sound, bytes) else read_wav(Path(sound))
        name = f"question {next(self._questions)}"
        pieces = [pcm[start : start + _PIECE] for start in range(0, len(pcm), _PIECE)] or [b""]
        for place, piece in enumerate(pieces, start=1):
            self._process.wire.send("play", piece, name=name, last=int(place == len(pieces)))
        return name

    def hush(self) -> None:
        """Stop saying what is being said."""
        self._process.wire.send("hush")

    async def microphone(self) -> None:
        """From now on, talk through the microphone of this machine and hear through its loudspeaker."""
        await self._ask("microphone")

    async def send(self, text: str) -> None:
        """Send one message on the data channel."""
        await self._ask("send", text.encode())

    async def events(self) -> AsyncIterator[Event]:
        """What happens, from the beginning; ends after `Closed`. One reader, who may be late: of more than
        10,000 unread events the oldest are dropped."""
        async for event in self._events:
            yield event

    async def finish(self, wav: Path | None = None) -> Report:
        """Hang up, write what was heard to `wav`, and tell what the call was like.

        The file is 24 kHz mono and begins with the first sound that arrived; gaps are silence in it.
        """
        return _report(await self._ask("finish", path=_absolute(wav)))

    async def aclose(self) -> None:
        """Hang up at once and end the process. Idempotent."""
        await self._process.aclose()
        await self._reader

    async def _ask(self, kind: str, payload: bytes = b"", **fields: object) -> object:
        number = next(self._numbers)
        if self._reader.done():
            raise MediaError("The process of the headless peer is gone.")
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._process.wire.send(kind, payload, id=number, **fields)
            async with asyncio.timeout(REPLY_WITHIN):
                return await future
        except TimeoutError as error:
            raise MediaError(f"The headless peer did not answer within {REPLY_WITHIN:.0f} s.") from error
        finally:
            del self._waiting[number]

    async def _reached(self, future: asyncio.Future[None], failure: str) -> None:
        try:
            async with asyncio.timeout(REPLY_WITHIN):
                await asyncio.shield(future)
        except TimeoutError as error:
            raise MediaError(f"{failure} within {REPLY_WITHIN:.0f} s.") from error

    async def _read(self) -> None:
        while (message := await self._process.wire.receive()) is not None:
            if message.kind == "event":
                self._happened(message)
            elif isinstance(number := message.fields.get("to"), int):
                self._settle(number, message)
        self._end("the process of the headless peer is gone", 0)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MediaError("The process of the headless peer is gone."))

    def _settle(self, number: int, message: Message) -> None:
        future = self._waiting.get(number)
        if future is None or future.done():
            return
        if message.kind == "failed":
            future.set_exception(MediaError(message.text("why")))
        else:
            future.set_result(message.fields.get("result"))

    def _happened(self, message: Message) -> None:
        kind, at = message.text("event"), message.number("at")
        if kind == "text":
            self._events.put(MessageReceived(at, message.payload.decode(errors="replace")))
        elif kind == "said":
            self._events.put(Said(at, message.text("name")))
        elif kind == "closed" or (kind == "lost" and self._lost is None):
            self._end(message.text("reason"), at)
        elif kind in ("lost", "renewed", "unrenewed"):
            self._line_changed(kind, str(message.fields.get("reason", "")))
        else:
            self._events.put(_KINDS[kind](at))
            reached = {"connected": self._connected, "channel": self._channel}.get(kind)
            if reached is not None and not reached.done():
                reached.set_result(None)

    def _line_changed(self, kind: str, reason: str) -> None:
        if kind == "lost":
            if self._lost is not None:
                self._lost()
        elif self._renewed.done():
            return
        elif kind == "renewed":
            self._renewed.set_result(None)
        else:
            self._renewed.set_exception(MediaError(f"The second line did not connect: {reason}."))
            self._renewed.exception()

    def _end(self, reason: str, at: int) -> None:
        self._events.put(Closed(at, reason), last=True)
        for future in (self._connected, self._channel, self._renewed):
            if not future.done():
                future.set_exception(MediaError(f"The call is over: {reason}."))
                future.exception()  # seen: nobody need wait for it


def _absolute(path: Path | None) -> str:
    return "" if path is None else str(path.absolute())


def _report(result: object) -> Report:
    # Written by `report.to_json` in the other process, from the same classes.
    values = cast("dict[str, Any]", result)
    questions = tuple(Question(**question) for question in values.pop("questions"))
    return Report(**{**values, "gaps_ms": tuple(values["gaps_ms"])}, questions=questions)
