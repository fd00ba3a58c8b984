"""The service of a recorded session: says again what it said then, when it has heard what it had heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jackfield.calls import Json
from jackfield.errors import ProviderRefused
from jackfield.providers.base import Answer, Event, SessionObject, Sideband
from jackfield.session import Session
from jackfield.testing.differences import Difference, FunctionCalls, between, described, key, sessions
from jackfield.testing.recording import Entry, Recorded
from jackfield.testing.redaction import Redaction
from jackfield.testing.skipping import SkippingClock

GRACE = 0.25
"""Seconds, of the real clock, for what no tool has to do with: it comes at once, or not at all."""

_NOT_OURS = ("input_audio_buffer.append", "conversation.item.truncate")
"""The caller's sound, and what became of ours: nothing that an agent decides."""


class RecordedService:
    """A `Provider` of one session, and its one socket. `differences` grows while it is played; `session` is
    the one that is played to, as soon as there is one; `patience` are the seconds of the real clock that its
    tools have for what they said then."""

    def __init__(
        self,
        recorded: Recorded,
        calls: FunctionCalls,
        clock: SkippingClock,
        redaction: Redaction,
        patience: float,
    ) -> None:
        self.differences: list[Difference] = []
        self.session: Session | None = None
        self._recorded = recorded
        self._calls = calls
        self._clock = clock
        self._redaction = redaction
        self._patience = patience
        self._began = clock.time()
        self._waiting: list[Event] = []
        self._news = asyncio.Event()
        self._names: dict[str, str] = {}

    kind = "recorded"

    async def start(self) -> None:
        """It is there."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        raise ProviderRefused("a recorded session has no sound")

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        self._began = self._clock.time()
        self.differences += sessions(self._recorded.session, self._clean(session), self._calls)
        yield self

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        yield self

    async def hang_up(self, call_id: str) -> None:
        """It ends with its recording."""

    async def accept(self, call_id: str, session: SessionObject) -> None:
        raise ProviderRefused("a recorded session has no sound")

    async def reject(self, call_id: str, status: int) -> None:
        """Nobody rings here."""

    async def refer(self, call_id: str, address: str) -> None:
        """Whoever is passed on was passed on then."""

    async def aclose(self) -> None:
        """There is nothing to close."""

    # --- the socket -----------------------------------------------------------------------------------

    async def send(self, event: Event) -> None:
        self.send_now(event)

    def send_now(self, event: Event) -> bool:
        self._waiting.append(event)
        self._news.set()
        return True

    async def __aiter__(self) -> AsyncIterator[str]:
        typed = {
            str(entry.value.get("item_id"))
            for entry in self._recorded.entries
            if entry.kind == "noticed" and entry.value.get("type") == "caller_said"
        }
        for entry in self._recorded.entries:
            self._clock.skip(entry.at - (self._clock.time() - self._began))
            await asyncio.sleep(0)
            if entry.kind == "received":
                yield self._renamed(entry.value)
            elif entry.kind == "sent" and entry.value.get("type") not in _NOT_OURS:
                await self._expect(entry, typed)
        await asyncio.sleep(0)
        for event in self._waiting:
            if event.get("type") not in _NOT_OURS:
                at, what = self._clock.time() - self._began, described(event, self._calls)
                self.differences.append(Difference(at, what, "", json.dumps(self._clean(event))))

    async def _expect(self, entry: Entry, typed: set[str]) -> None:
        """Today's side says what the recorded one said here."""
        item = entry.value.get("item")
        if isinstance(item, dict) and item.get("id") in typed:
            assert self.session is not None, "whoever connects says which session it is"
            await self.session.say(_text_of(item))
        event = await self._heard(key(entry.value))
        if event is None:
            then = json.dumps(entry.value, ensure_ascii=False)
            self.differences.append(Difference(entry.at, described(entry.value, self._calls), then, ""))
            return
        self._learn(entry.value, event)
        self.differences += between(entry.value, self._clean(event), entry.at, self._calls)

    async def _heard(self, wanted: tuple[str, ...]) -> Event | None:
        """The first thing of this key that today's side has said or will say; None if it does not."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while (found := self._take(wanted)) is None:
            patience = self._patience if self._at_work else GRACE
            self._news.clear()
            try:
                async with asyncio.timeout_at(min(began + patience, loop.time() + GRACE)):
                    await self._news.wait()
            except TimeoutError:
                if loop.time() - began >= patience:
                    return None
        return found

    @property
    def _at_work(self) -> bool:
        return self.session is not None and bool(self.session.conversation.running)

    def _take(self, wanted: tuple[str, ...]) -> Event | None:
        for place, event in enumerate(self._waiting):
            if key(event) == wanted:
                return self._waiting.pop(place)
        return None

    def _learn(self, then: Event, now: Event) -> None:
        """Names of our own may be others today; the service knows today's."""
        for before, after in ((then, now), (then.get("item"), now.get("item"))):
            for name in ("event_id", "id"):
                if isinstance(before, dict) and isinstance(after, dict) and name in before:
                    self._names[str(before[name])] = str(after.get(name))

    def _renamed(self, event: Json) -> str:
        raw = json.dumps(event)
        for before, after in self._names.items():
            if before != after:
                raw = raw.replace(json.dumps(before), json.dumps(after))
        return raw

    def _clean(self, event: Event) -> Event:
        cleaned = self._redaction.clean(dict(event))
        return cleaned if isinstance(cleaned, dict) else {}


def _text_of(item: dict[str, Json]) -> str:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    return " ".join(str(part.get("text")) for part in parts if isinstance(part, dict))
