"""The line of a session: the session at the provider that stands for it, and the control leg to that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from jackfield.errors import ProviderError
from jackfield.protocol.client_events import ClientEvent
from jackfield.providers.base import Provider
from jackfield.session.control_leg import ControlLeg, Listener


class Line:
    """One per session; before `connect`, nobody is at the other end and what is sent is dropped."""

    def __init__(self, provider: Provider, listener: Listener) -> None:
        self._provider = provider
        self._listener = listener
        self._call_id = ""
        self._control: ControlLeg | None = None

    @property
    def provider(self) -> str:
        """The kind of the provider that it goes to."""
        return self._provider.kind

    @property
    def attached(self) -> bool:
        """Whether the service hears what is sent."""
        return self._control is not None and self._control.attached

    def send(self, event: ClientEvent) -> None:
        """Send one event, or queue it. Raises `asyncio.QueueFull` as the control leg does."""
        if self._control is not None:
            self._control.send(event)

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""
        if self._control is not None:
            self._control.refer(address, done)

    def connect(self, call_id: str) -> ControlLeg:
        """The session at the provider under this call id is at the other end from now on; the control leg
        wants to be run."""
        self._call_id = call_id
        self._control = ControlLeg(self._provider, call_id, self._listener)
        return self._control

    async def hang_up(self) -> None:
        """End the session at the provider, as far as it can be told."""
        with suppress(ProviderError):
            await self._provider.hang_up(self._call_id)
