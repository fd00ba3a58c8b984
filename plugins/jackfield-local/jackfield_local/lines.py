"""The pool of media processes that answers callers (`line.Lines`)."""

from __future__ import annotations

import asyncio
import itertools
import logging
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from jackfield.errors import MediaError
from jackfield.media.process import MediaProcess
from jackfield.processes.wire import Message, WireError
from jackfield_local.line import (
    AudioReceived,
    ChannelOpened,
    LineClosed,
    LineEvent,
    LinesFull,
    PlayFinished,
    PlayStarted,
    TextReceived,
)
from jackfield_local.media_line import MediaLine

MODULE = "jackfield_local.media_worker"

# With the start of a process in it, for the caller who comes just after one died.
ANSWER_WITHIN = 20.0
READY_WITHIN = 35.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody waits for a line."""

    offer: str
    line: asyncio.Future[MediaLine]


class Station:
    """One media process, its lines, and the next process when it dies."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.failure = ""
        self.ready = asyncio.Event()
        self.process: MediaProcess | None = None
        self._lines: dict[str, MediaLine] = {}
        self._asked: dict[str, _Asked] = {}
        self._names = itertools.count(1)
        self._task = asyncio.get_running_loop().create_task(self._keep())

    @property
    def free(self) -> int:
        """How many more callers it can serve."""
        return self.seats - len(self._lines.keys() | self._asked.keys())

    async def answer(self, offer: str) -> MediaLine:
        """Take a caller; the seat is taken before the first wait."""
        name = f"line-{next(self._names)}"
        asked = self._asked[name] = _Asked(offer, asyncio.get_running_loop().create_future())
        self._pass_on(name, asked)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asked.line
        except TimeoutError as error:
            if self.process is not None:
                self.process.wire.abort()
            raise MediaError(f"No media process answered the caller within {ANSWER_WITHIN:.0f} s.") from error
        finally:
            del self._asked[name]

    async def aclose(self) -> None:
        """End the process and its lines. Bounded, idempotent."""
        self._end_lines("the server is closing")
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                self.process = await MediaProcess.start(MODULE)
            except (MediaError, OSError) as error:
                self.failure = str(error)
                self._end_lines(self.failure)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE
                await self._serve(self.process)
            log.warning("A media process of the embedded server ended; another one starts.")
            await asyncio.sleep(pause)

    async def _serve(self, process: MediaProcess) -> None:
        self.ready.set()
        for name, asked in self._asked.items():
            self._pass_on(name, asked)
        try:
            while (message := await process.wire.receive()) is not None:
                self._happened(process, message)
        except WireError as error:
            log.warning("A media process says what cannot be understood: %s.", error)
        finally:
            self.ready.clear()
            self._end_lines("the media process died")
            await process.aclose()

    def _happened(self, process: MediaProcess, message: Message) -> None:
        name = message.text("line")
        if message.kind in ("answered", "refused"):
            self._settle(name, process, message)
        elif (line := self._lines.get(name)) is not None:
            event = _event(message)
            line.happened(event)
            if isinstance(event, LineClosed):
                del self._lines[name]

    def _pass_on(self, name: str, asked: _Asked) -> None:
        if self.process is not None and self.ready.is_set():
            self.process.wire.send("answer", asked.offer.encode(errors="replace"), line=name)

    def _settle(self, name: str, process: MediaProcess, message: Message) -> None:
        asked = self._asked.get(name)
        if asked is None or asked.line.done():
            # Whoever asked has gone: nobody will ever tell the caller to connect.
            process.wire.send("close", line=name)
        elif message.kind == "answered":
            line = MediaLine(name, process, message.text("sdp"), message.number("most"))
            self._lines[name] = line
            asked.line.set_result(line)
        else:
            asked.line.set_exception(MediaError(message.text("why")))

    def _end_lines(self, reason: str) -> None:
        for line in self._lines.values():
            line.end(reason)
        self._lines.clear()
        for asked in self._asked.values():
            if not asked.line.done():
                asked.line.set_exception(MediaError(f"The caller was not answered: {reason}"))


class MediaPool:
    """`line.Lines` over a fixed number of media processes, started ahead and replaced when they die.

    One process serves eight callers on half a core with our own encoder; beyond that the sound of all of
    them suffers, so there is no waiting list: `LinesFull`.
    """

    def __init__(self, processes: int = 1, callers_per_process: int = 8) -> None:
        self._processes = processes
        self._callers_per_process = callers_per_process
        self._stations: list[Station] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def pids(self) -> list[int]:
        """The processes that are there now."""
        return [one.process.pid for one in self._stations or () if one.process and one.ready.is_set()]

    async def start(self) -> None:
        """Start the processes and wait until all are ready. Raises `MediaError` if one never is."""
        stations = self._open()
        try:
            async with asyncio.timeout(READY_WITHIN):
                for station in stations:
                    await station.ready.wait()
        except TimeoutError as error:
            await self.aclose()
            failures = " ".join(sorted({one.failure for one in stations}))
            raise MediaError(f"The media processes do not start. {failures}".rstrip()) from error

    async def answer(self, offer: str) -> MediaLine:
        """Take a caller. Raises `MediaError` for an SDP that is no use, `LinesFull` if no seat is free."""
        # One that is ready before one that is starting, then the one with the most room.
        station = max(self._open(), key=lambda one: (one.free > 0, one.ready.is_set(), one.free))
        if station.free <= 0:
            most = self._processes * self._callers_per_process
            raise LinesFull(f"All {most} lines are taken.")
        return await station.answer(offer)

    async def aclose(self) -> None:
        """Hang up every line and end the processes. Idempotent, bounded."""
        stations, self._stations = self._stations, []
        await asyncio.gather(*(station.aclose() for station in stations or ()))

    def _open(self) -> list[Station]:
        if self._stations == []:
            raise MediaError("The lines of the embedded server are closed.")
        if self._stations is None:
            self._stations = [Station(self._callers_per_process) for _ in range(self._processes)]
        return self._stations


def _event(message: Message) -> LineEvent:
    match message.kind:
        case "audio":
            return AudioReceived(message.payload)
        case "text":
            return TextReceived(message.payload.decode(errors="replace"))
        case "opened":
            return ChannelOpened()
        case "started":
            return PlayStarted(message.text("item"))
        case "finished":
            return PlayFinished(message.text("item"), message.number("ms"), bool(message.number("cut")))
        case _:
            return LineClosed(message.text("reason"))
