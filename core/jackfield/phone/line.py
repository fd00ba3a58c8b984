"""The provider of a session that came by phone: the one where it rang, with what is different there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from jackfield.calls import Json
from jackfield.errors import ProviderRefused
from jackfield.protocol.client_events import SessionUpdate
from jackfield.providers.base import Answer, Provider, SessionObject, Sideband

NOT_AT_ACCEPT = ("threshold", "prefix_padding_ms", "silence_duration_ms")
"""What the services do not take in `turn_detection` when a call is accepted; it is said afterwards (§2.2)."""


class PhoneLine:
    """A `Provider` of one session. The caller's line is the phone's: no other one can be made for it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._untold: SessionUpdate | None = None

    @property
    def kind(self) -> str:
        return self._provider.kind

    async def start(self) -> None:
        """It is started."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        raise ProviderRefused("a call by phone keeps the line that it came by", status=409)

    async def accept(self, call_id: str, session: SessionObject) -> None:
        """Take the call. What the service does not take yet is said when it listens."""
        detection = _turn_detection(session)
        tuned = [key for key in NOT_AT_ACCEPT if key in detection]
        if tuned:
            self._untold = SessionUpdate({"audio": {"input": {"turn_detection": dict(detection)}}})
        await self._provider.accept(call_id, _without(session, tuned))

    async def reject(self, call_id: str, status: int) -> None:
        await self._provider.reject(call_id, status)

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self._provider.sideband(call_id) as sideband:
            untold, self._untold = self._untold, None
            if untold is not None:
                await sideband.send(untold.as_dict())
            yield sideband

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with self._provider.connect(session) as sideband:
            yield sideband

    async def hang_up(self, call_id: str) -> None:
        await self._provider.hang_up(call_id)

    async def refer(self, call_id: str, address: str) -> None:
        await self._provider.refer(call_id, address)

    async def aclose(self) -> None:
        """The provider serves others, too."""


def _turn_detection(session: SessionObject) -> Mapping[str, Json]:
    found: Json = session
    for key in ("audio", "input", "turn_detection"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _without(session: SessionObject, keys: list[str]) -> SessionObject:
    """The session object without these keys of its turn detection; a copy."""
    if not keys:
        return session
    audio = session["audio"]
    assert isinstance(audio, Mapping) and isinstance(audio["input"], Mapping)
    detection = {key: value for key, value in _turn_detection(session).items() if key not in keys}
    return {**session, "audio": {**audio, "input": {**audio["input"], "turn_detection": detection}}}
