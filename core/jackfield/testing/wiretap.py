"""Listening in between a session and its provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Protocol

from jackfield.providers.base import Answer, Event, Provider, SessionObject, Sideband


class Ear(Protocol):
    """Who listens. Told at once and in order, on the session's loop; must not wait, must not raise."""

    def opened(self, session: SessionObject) -> None:
        """A session was opened with this session object."""

    def sent(self, event: Event) -> None:
        """Our side said this."""

    def received(self, raw: str) -> None:
        """The service said this."""

    def closed(self) -> None:
        """Nothing more will come."""


class Wiretap:
    """A `Provider` of one session, that passes everything on to the real one and lets an `Ear` hear it.
    `refused` is called when no session came of it."""

    def __init__(self, provider: Provider, ear: Ear, refused: Callable[[], None] = lambda: None) -> None:
        self._provider = provider
        self._ear = ear
        self._refused = refused

    @property
    def kind(self) -> str:
        return self._provider.kind

    async def start(self) -> None:
        await self._provider.start()

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        with self._opening(session):
            return await self._provider.answer(offer, session)

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self._provider.sideband(call_id) as sideband:
            yield _Tapped(sideband, self._ear)

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with AsyncExitStack() as stack:
            with self._opening(session):
                sideband = await stack.enter_async_context(self._provider.connect(session))
            yield _Tapped(sideband, self._ear)

    async def hang_up(self, call_id: str) -> None:
        self._ear.closed()
        await self._provider.hang_up(call_id)

    async def accept(self, call_id: str, session: SessionObject) -> None:
        with self._opening(session):
            await self._provider.accept(call_id, session)

    @contextmanager
    def _opening(self, session: SessionObject) -> Iterator[None]:
        self._ear.opened(session)
        try:
            yield
        except BaseException:
            self._refused()
            raise

    async def reject(self, call_id: str, status: int) -> None:
        await self._provider.reject(call_id, status)

    async def refer(self, call_id: str, address: str) -> None:
        await self._provider.refer(call_id, address)

    async def aclose(self) -> None:
        """The provider is shared, and is closed by whoever made it."""


class _Tapped:
    """One socket, overheard."""

    def __init__(self, sideband: Sideband, ear: Ear) -> None:
        self._sideband = sideband
        self._ear = ear

    async def send(self, event: Event) -> None:
        self._ear.sent(event)
        await self._sideband.send(event)

    def send_now(self, event: Event) -> bool:
        sent = self._sideband.send_now(event)
        if sent:
            self._ear.sent(event)
        return sent

    async def __aiter__(self) -> AsyncIterator[str]:
        async for raw in self._sideband:
            self._ear.received(raw)
            yield raw
