"""One WebSocket that a session lives in: the service's events, and its sound, which is played here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal, Self

from jackfield.errors import ProviderRefused
from jackfield.media.frames import FRAME_SECONDS
from jackfield.media.mailbox import Mailbox
from jackfield.providers.base import Event, Provider, SessionObject, Sideband
from jackfield.session.earpiece import Earpiece

Modality = Literal["audio", "text"]

MOST_UNREAD = 30_000
"""Events that wait for the control leg, and frames that wait for whoever hears them: ten minutes of sound."""


class SocketEnd:
    """Made by `open`; over with its socket. `hear` is called with each 20 ms of sound when it is due, for as
    long as the control leg attends."""

    def __init__(self, socket: Sideband, stack: AsyncExitStack, hear: Callable[[bytes], None] | None) -> None:
        self._socket = socket
        self._stack = stack
        self._hear = hear
        self._attended = False
        self._earpiece = Earpiece()
        self._events: Mailbox[str | Exception | None] = Mailbox(MOST_UNREAD)
        self._audible = asyncio.Event()

    @classmethod
    async def open(
        cls, provider: Provider, session: SessionObject, hear: Callable[[bytes], None] | None
    ) -> Self:
        """A new session at the provider; without `hear` one in writing. Raises `ProviderUnreachable` or
        `ProviderRefused`."""
        stack = AsyncExitStack()
        wanted = {**session, "output_modalities": ["audio" if hear else "text"]}
        return cls(await stack.enter_async_context(provider.connect(wanted)), stack, hear)

    async def send(self, event: Event) -> None:
        """Raises `SidebandLost`."""
        await self._socket.send(event)

    async def aclose(self) -> None:
        """Leaving the socket is hanging up. Idempotent."""
        await self._stack.aclose()

    @asynccontextmanager
    async def attended(self) -> AsyncIterator[Sideband]:
        """What the control leg is given, once: a session that lives in its socket is gone with it. Raises
        `ProviderRefused`."""
        if self._attended:
            raise ProviderRefused("the session ended with its WebSocket")
        self._attended = True
        async with self._stack:
            if self._hear is None:
                yield self._socket
                return
            tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._play(self._hear))]
            try:
                yield _Hybrid(self._socket, self._events)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        """Everything the service says, and what becomes of its sound."""
        ending: Exception | None = None
        try:
            async for raw in self._socket:
                self._events.put(raw)
                self._earpiece.receive(_decoded(raw))
                await self._act()
                self._audible.set()
        except Exception as error:
            ending = error
        self._events.put(ending, last=True)

    async def _play(self, hear: Callable[[bytes], None]) -> None:
        """A frame every 20 ms while there is sound."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._earpiece.idle:
                self._audible.clear()
                await self._audible.wait()
                due = max(due, loop.time())
                continue
            hear(self._earpiece.take())
            due += FRAME_SECONDS
            await self._act()
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _act(self) -> None:
        heard, self._earpiece.heard = self._earpiece.heard, []
        told, self._earpiece.told = self._earpiece.told, []
        for event in heard:
            self._events.put(json.dumps(event))
        for event in told:
            await self._socket.send(event)


class _Hybrid:
    """The socket to write to, and to read from what its end makes of it."""

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
