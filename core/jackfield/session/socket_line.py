"""A line without WebRTC: the caller's end of a session that lives in one WebSocket.

session, line = await runtime.connect("receptionist")
await line.speak(pcm)                # what the caller says, silence included
async for pcm in line.sound():       # what the caller hears, 20 ms at a time, as it is played
    ...
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal, Self

from jackfield.errors import MediaError, ProviderRefused, SidebandLost
from jackfield.media.frames import FRAME_SECONDS
from jackfield.media.mailbox import Mailbox
from jackfield.providers.base import Answer, Event, Provider, SessionObject, Sideband
from jackfield.session.earpiece import Earpiece

Modality = Literal["audio", "text"]

MOST_UNREAD = 30_000
"""Events and frames that wait for whoever reads them: ten minutes of sound."""


class SocketLine:
    """Both ends of the socket: the caller's (`speak`, `sound`), and, as a `Provider` of this one session, the
    control leg's. Made by `open`; ends with the session.

    Sound is s16le mono at 24 kHz. The caller's must not pause: the service tells the end of a turn by the
    silence that it hears. What the agent says is played here at the pace of speech, whether anybody reads
    `sound` or not.
    """

    def __init__(self, provider: Provider, modality: Modality) -> None:
        self._provider = provider
        self._modality = modality
        self._stack = AsyncExitStack()
        self._socket: Sideband | None = None
        self._fresh: Sideband | None = None  # until a control leg has it
        self._earpiece = Earpiece()
        self._events: Mailbox[str | Exception | None] = Mailbox(MOST_UNREAD)
        self._frames: Mailbox[bytes | None] = Mailbox(MOST_UNREAD)
        self._audible = asyncio.Event()

    @classmethod
    async def open(cls, provider: Provider, session: SessionObject, modality: Modality) -> Self:
        """Raises `ProviderUnreachable` or `ProviderRefused`."""
        line = cls(provider, modality)
        wanted = {**session, "output_modalities": [modality]}
        line._socket = line._fresh = await line._stack.enter_async_context(provider.connect(wanted))
        return line

    # --- the caller's end -----------------------------------------------------------------------------

    async def speak(self, pcm: bytes) -> None:
        """The caller's sound, a piece of any length up to ten minutes. Raises `SidebandLost` when the line is
        gone, and `MediaError` on a line for text."""
        self._require_sound()
        if self._socket is None:
            raise SidebandLost("the session has ended; nobody hears the caller")
        audio = b64encode(pcm).decode("ascii")
        await self._socket.send({"type": "input_audio_buffer.append", "audio": audio})

    async def sound(self) -> AsyncIterator[bytes]:
        """What the caller hears while the agent speaks, 20 ms at a time; nothing comes while it is silent.
        Ends with the session. One reader. Raises `MediaError` on a line for text."""
        self._require_sound()
        async for frame in self._frames:
            if frame is None:
                return
            yield frame

    def _require_sound(self) -> None:
        if self._modality == "text":
            raise MediaError('this line is for text; open it with modality="audio" to speak and to hear')

    # --- the control leg's end: a Provider of this session --------------------------------------------

    @property
    def kind(self) -> str:
        return self._provider.kind

    async def start(self) -> None:
        """The provider is there already."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        raise ProviderRefused("this session lives in a WebSocket and answers no offers")

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with self._provider.connect(session) as sideband:
            yield sideband

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        """The socket, once: a session that lives in it is gone with it."""
        socket, self._fresh = self._fresh, None
        if socket is None:
            raise ProviderRefused("the session ended with its WebSocket")
        try:
            async with self._stack, self._ends(socket) as end:
                yield end
        finally:
            self._socket = None
            self._frames.put(None, last=True)

    @asynccontextmanager
    async def _ends(self, socket: Sideband) -> AsyncIterator[Sideband]:
        """What the control leg is given: the socket itself, or what is made of it where it carries sound."""
        if self._modality == "text":
            yield socket
            return
        tasks = [asyncio.create_task(self._read(socket)), asyncio.create_task(self._play(socket))]
        try:
            yield _Hybrid(socket, self._events)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def hang_up(self, call_id: str) -> None:
        """Leaving the socket is hanging up."""
        await self._stack.aclose()

    async def accept(self, call_id: str, session: SessionObject) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be accepted")

    async def reject(self, call_id: str, status: int) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be rejected")

    async def refer(self, call_id: str, address: str) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be passed on")

    async def aclose(self) -> None:
        """The provider is somebody else's; this line is not."""
        await self._stack.aclose()

    # --- in between -----------------------------------------------------------------------------------

    async def _read(self, socket: Sideband) -> None:
        """Everything the service says, and what becomes of its sound."""
        ending: Exception | None = None
        try:
            async for raw in socket:
                self._events.put(raw)
                self._earpiece.receive(_decoded(raw))
                await self._act(socket)
                self._audible.set()
        except Exception as error:
            ending = error
        self._events.put(ending, last=True)

    async def _play(self, socket: Sideband) -> None:
        """Take a frame every 20 ms while there is sound."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._earpiece.idle:
                self._audible.clear()
                await self._audible.wait()
                due = max(due, loop.time())
                continue
            self._frames.put(self._earpiece.take())
            due += FRAME_SECONDS
            await self._act(socket)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _act(self, socket: Sideband) -> None:
        heard, self._earpiece.heard = self._earpiece.heard, []
        told, self._earpiece.told = self._earpiece.told, []
        for event in heard:
            self._events.put(json.dumps(event))
        for event in told:
            await socket.send(event)


class _Hybrid:
    """The socket to write to, and to read from what the line makes of it."""

    def __init__(self, socket: Sideband, events: Mailbox[str | Exception | None]) -> None:
        self._socket = socket
        self._events = events

    async def send(self, event: Event) -> None:
        await self._socket.send(event)

    def send_now(self, event: Event) -> bool:
        return self._socket.send_now(event)

    async def __aiter__(self) -> AsyncIterator[str]:
        async for event in self._events:
            if isinstance(event, Exception):
                raise event
            if event is not None:
                yield event


def _decoded(raw: str) -> Event:
    try:
        event = json.loads(raw)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
