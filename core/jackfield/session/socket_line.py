"""A line without WebRTC: the caller's end of a session that lives in one WebSocket after the other.

session, line = await runtime.connect("receptionist")
await line.speak(pcm)                # what the caller says, silence included
async for pcm in line.sound():       # what the caller hears, 20 ms at a time, as it is played
    ...
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from itertools import count

from jackfield.errors import MediaError, ProviderRefused, SidebandLost
from jackfield.media.mailbox import Mailbox
from jackfield.providers.base import Answer, Provider, SessionObject, Sideband
from jackfield.session.following import follow
from jackfield.session.session import Session
from jackfield.session.socket_end import MOST_UNREAD, Modality, SocketEnd

FIRST = "socket_1"
"""Where a session begins, before it knows so itself."""


class SocketLine:
    """The caller's end, a telephone as `jackfield.session.following` wants one: when a session at the service
    ends, the next one lives in another socket, and is spoken into from then on.

    Sound is s16le mono at 24 kHz. The caller's must not pause: the service tells the end of a turn by the
    silence that it hears. What the agent says is played here at the pace of speech, whether anybody reads
    `sound` or not.
    """

    def __init__(self, modality: Modality) -> None:
        self._modality = modality
        self._session: Session | None = None  # while it lasts
        self._ends: dict[str, SocketEnd] = {}
        self._numbers = count(1)
        self._frames: Mailbox[bytes | None] = Mailbox(MOST_UNREAD)

    # --- for the caller -------------------------------------------------------------------------------

    async def speak(self, pcm: bytes) -> None:
        """The caller's sound, a piece of any length up to ten minutes. What is said while the line is being
        mended is lost. Raises `SidebandLost` when the session has ended, and `MediaError` on a line for text.
        """
        self._require_sound()
        if self._session is None:
            raise SidebandLost("the session has ended; nobody hears the caller")
        end = self._ends.get(self._session.line.call_id or FIRST)
        audio = b64encode(pcm).decode("ascii")
        with suppress(SidebandLost):  # the control leg has noticed, too, and sees to it
            if end is not None:
                await end.send({"type": "input_audio_buffer.append", "audio": audio})

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

    # --- for the runtime ------------------------------------------------------------------------------

    def providers(self, providers: Sequence[Provider]) -> Sequence[Provider]:
        """These providers, as they are to a session that lives in sockets of this line."""
        return [SocketProvider(provider, self) for provider in providers]

    def following(self, session: Session) -> AbstractAsyncContextManager[None]:
        """The line is this session's from now on. In the block it goes with it, from socket to socket; it is
        over when the block is left."""
        self._session = session
        return self._following(session)

    @asynccontextmanager
    async def _following(self, session: Session) -> AsyncIterator[None]:
        task = asyncio.create_task(follow(session, self), name=f"{session.id} following")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.aclose()

    # --- for whoever follows the session --------------------------------------------------------------

    async def renew(self) -> str:
        """There is nothing to offer: the service is dialled by `SocketProvider.answer`."""
        return ""

    async def accept(self, answer: str) -> None:
        """The socket is open already."""

    async def renewed(self) -> None:
        """So the second line is connected."""

    async def switch(self) -> None:
        """Who speaks, speaks into the socket that the session is at."""

    def lines_may_change(self, lost: Callable[[], None]) -> None:
        """A socket that is lost is noticed by the control leg, which is in it."""

    # --- for its providers ----------------------------------------------------------------------------

    async def open(self, provider: Provider, session: SessionObject) -> str:
        """A session at this provider in a socket of its own: the name it has here. Raises
        `ProviderUnreachable` or `ProviderRefused`."""
        hear = self._heard if self._modality == "audio" else None
        end = await SocketEnd.open(provider, session, hear)
        name = f"socket_{next(self._numbers)}"
        self._ends[name] = end
        return name

    def _heard(self, frame: bytes) -> None:
        self._frames.put(frame)

    def end(self, name: str) -> SocketEnd:
        """The socket of this name. Raises `ProviderRefused` for one that is over."""
        if name not in self._ends:
            raise ProviderRefused("the session ended with its WebSocket")
        return self._ends[name]

    async def drop(self, name: str) -> None:
        """Leave a socket, if it is there."""
        if (end := self._ends.pop(name, None)) is not None:
            await end.aclose()

    async def aclose(self) -> None:
        """The session is over. Idempotent."""
        self._session = None
        self._frames.put(None, last=True)
        for name in list(self._ends):
            await self.drop(name)


class SocketProvider:
    """A provider as one `SocketLine` sees it: its sessions answer no offers, but live in sockets of the line.
    The provider itself is somebody else's."""

    def __init__(self, provider: Provider, line: SocketLine) -> None:
        self._provider = provider
        self._line = line

    @property
    def kind(self) -> str:
        return self._provider.kind

    async def start(self) -> None:
        """The provider is there already."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        """The offer is empty, and so is the answer."""
        return Answer("", await self._line.open(self._provider, session))

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with self._provider.connect(session) as sideband:
            yield sideband

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        try:
            async with self._line.end(call_id).attended() as sideband:
                yield sideband
        finally:
            await self._line.drop(call_id)

    async def hang_up(self, call_id: str) -> None:
        await self._line.drop(call_id)

    async def accept(self, call_id: str, session: SessionObject) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be accepted")

    async def reject(self, call_id: str, status: int) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be rejected")

    async def refer(self, call_id: str, address: str) -> None:
        raise ProviderRefused("this session is no phone call, and cannot be passed on")

    async def aclose(self) -> None:
        """The provider goes on."""
