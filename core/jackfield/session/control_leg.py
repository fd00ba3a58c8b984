"""The control leg of one session: the sideband, kept up as long as the session lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from jackfield.errors import ProviderError, ProviderUnreachable, SidebandLost
from jackfield.protocol.client_events import ClientEvent
from jackfield.providers.base import DirectSideband, Provider, Sideband
from jackfield.providers.event_socket import AT_A_STRETCH

MOST_UNSENT = 2_000
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0)
"""Seconds between attempts to reach a service that does not answer while its session may still live."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom the control leg tells, on the session's loop: that it is attached (again), each raw event,
    and that it was lost and why."""

    attached: Callable[[], None]
    received: Callable[[str], None]
    lost: Callable[[str], None]


class Attachment:
    """One sideband, as long as it is there: what can be sent at once is, the rest follows in order."""

    def __init__(self, sideband: Sideband) -> None:
        self._sideband = sideband
        self._unsent: asyncio.Queue[ClientEvent] = asyncio.Queue(MOST_UNSENT)

    def send(self, event: ClientEvent) -> None:
        """Raises `asyncio.QueueFull`."""
        if not (self._unsent.empty() and self._sideband.send_now(event.as_dict())):
            self._unsent.put_nowait(event)

    async def forward(self) -> None:
        """Send what had to wait. Raises `SidebandLost`."""
        while True:
            event = await self._unsent.get()
            await self._sideband.send(event.as_dict())


class ControlLeg:
    """One per session. `send` never waits; what the service does not take yet is kept, up to a bound."""

    def __init__(self, provider: Provider, call_id: str, listener: Listener) -> None:
        self._provider = provider
        self._call_id = call_id
        self._listener = listener
        self._errands: set[asyncio.Task[None]] = set()
        self._attachment: Attachment | None = None

    @property
    def attached(self) -> bool:
        """Whether the sideband is there."""
        return self._attachment is not None

    def send(self, event: ClientEvent) -> None:
        """Send one event, or queue it; drop it while the sideband is not there, for it would be out of date
        when it is: whoever is told `attached` says then what there is to say. Raises `asyncio.QueueFull`
        when the service has taken nothing for too long."""
        if self._attachment is not None:
            self._attachment.send(event)

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""

        async def errand() -> None:
            try:
                await self._provider.refer(self._call_id, address)
            except ProviderError as error:
                done(error)
            else:
                done(None)

        task = asyncio.create_task(errand(), name="refer")
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def run(self) -> None:
        """Attach, and attach again after each loss. Returns when the session ended in good order; raises
        `ProviderRefused` when the service knows it no more, `ProviderUnreachable` when patience ends."""
        pauses = iter(PAUSES)
        while True:
            try:
                async with self._provider.sideband(self._call_id) as sideband:
                    pauses = iter(PAUSES)
                    await self._attend(sideband)
                    return
            except (SidebandLost, ProviderUnreachable) as lost:
                self._listener.lost(str(lost))
                pause = next(pauses, None)
                if pause is None:
                    raise ProviderUnreachable(f"the control leg could not be restored: {lost}") from lost
            await asyncio.sleep(pause)

    async def _read(self, sideband: Sideband) -> None:
        read = 0
        async for raw in sideband:
            self._listener.received(raw)
            read += 1
            if read % AT_A_STRETCH == 0:
                await asyncio.sleep(0)

    async def _attend(self, sideband: Sideband) -> None:
        self._attachment = Attachment(sideband)
        sender = asyncio.create_task(self._attachment.forward(), name="sideband sender")
        try:
            self._listener.attached()
            if isinstance(sideband, DirectSideband):
                await sideband.listen(self._listener.received)
            else:
                await self._read(sideband)
        finally:
            self._attachment = None
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
