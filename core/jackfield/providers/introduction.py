"""The first words on a socket that is a session of its own: what the session is to be (§4.1)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.providers.base import Event, SessionObject, Sideband

EVENT_ID = "jackfield_session"
"""Names our `session.update` in an error about it."""


class Introduced:
    """A `Sideband` whose first events were read already; whoever reads it reads them, too."""

    def __init__(self, socket: Sideband, heard: Sequence[str], rest: AsyncIterator[str]) -> None:
        self._socket = socket
        self._heard = heard
        self._rest = rest

    async def send(self, event: Event) -> None:
        await self._socket.send(event)

    def send_now(self, event: Event) -> bool:
        return self._socket.send_now(event)

    async def __aiter__(self) -> AsyncIterator[str]:
        for raw in self._heard:
            yield raw
        async for raw in self._rest:
            yield raw


async def introduce(socket: Sideband, session: SessionObject, place: str, within: float) -> Sideband:
    """Say what the session is to be, and wait until the service has agreed.

    A session that was refused would go on with the service's own instructions and no tools. Raises
    `ProviderRefused` for that, `ProviderUnreachable` where no answer comes `within` so many seconds, and
    `SidebandLost`.
    """
    events, heard = aiter(socket), list[str]()
    try:
        async with asyncio.timeout(within):
            await socket.send({"type": "session.update", "event_id": EVENT_ID, "session": dict(session)})
            while (raw := await anext(events, None)) is not None:
                kind = _kind(raw, place)
                if kind != "session.created":  # as it was before it was told what to be
                    heard.append(raw)
                if kind == "session.updated":
                    return Introduced(socket, heard, events)
    except TimeoutError:
        raise ProviderUnreachable(f"{place} did not confirm the session within {within:g} s") from None
    raise ProviderRefused(f"{place} closed the socket before the session had begun")


def _kind(raw: str, place: str) -> str:
    """The type of an event. An expired key is told by an error here, too (§1.3)."""
    try:
        event = json.loads(raw)
        kind = event["type"]
        error = event.get("error") or {}
        code, message = str(error.get("code") or ""), str(error.get("message") or "no reason given")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    if kind == "error":
        raise ProviderRefused(f"{place} does not take the session: {message}", code=code)
    return str(kind)
