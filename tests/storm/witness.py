"""A provider that looks on: what each session was told before it asked for a response."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jackfield.providers.base import Answer, Event, Provider, SessionObject, Sideband


class Witness:
    """`rash` holds every request for a response that was made although its session knew better: by the
    events that it had taken in, somebody had the floor. Passes everything on to `provider`."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.rash: list[str] = []

    @property
    def kind(self) -> str:
        return self.provider.kind

    async def start(self) -> None:
        await self.provider.start()

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        return await self.provider.answer(offer, session)

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self.provider.sideband(call_id) as sideband:
            yield _Watched(sideband, call_id, self.rash)

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with self.provider.connect(session) as sideband:
            yield sideband

    async def hang_up(self, call_id: str) -> None:
        await self.provider.hang_up(call_id)

    async def refer(self, call_id: str, address: str) -> None:
        await self.provider.refer(call_id, address)

    async def aclose(self) -> None:
        await self.provider.aclose()


class _Watched:
    """One attachment. What was known of the floor before it counts for nothing."""

    def __init__(self, sideband: Sideband, call_id: str, rash: list[str]) -> None:
        self._sideband = sideband
        self._call_id = call_id
        self._rash = rash
        self._floor: set[str] = set()

    def send_now(self, event: Event) -> bool:
        """What is sent at once is judged by what is known at this moment."""
        if event["type"] == "response.create":
            if self._floor:
                self._rash.append(f"{self._call_id} asked although {sorted(self._floor)}")
            self._floor.add("it had asked")
        return self._sideband.send_now(event)

    async def send(self, event: Event) -> None:
        """What had to wait was decided at a moment that is past, and is not judged."""
        if event["type"] == "response.create":
            self._floor.add("it had asked")
        await self._sideband.send(event)

    async def __aiter__(self) -> AsyncIterator[str]:
        async for raw in self._sideband:
            self._look(json.loads(raw))
            yield raw

    def _look(self, event: dict[str, dict[str, object]]) -> None:
        match event["type"]:
            case "input_audio_buffer.speech_started":
                self._floor.add("the caller spoke")
            case "input_audio_buffer.speech_stopped":
                self._floor.discard("the caller spoke")
            case "response.created":
                self._floor.add("a response was active")
                if event["response"]["metadata"]:
                    self._floor.discard("it had asked")
            case "response.done":
                self._floor.discard("a response was active")
            case "error" if str(event["error"]["event_id"]).startswith("ask_"):
                self._floor.discard("it had asked")
