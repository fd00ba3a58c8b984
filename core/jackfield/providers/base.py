"""The seam between a session and the Realtime service it lives at.

A provider is asked for two things: to answer an SDP offer, or a phone that rings, with a session behind it,
and to connect the sideband of that session. Everything else about a session is said over the sideband.
Where no WebRTC is wanted, it opens a session whose one socket is sideband and line in one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jackfield.calls import Json

SessionObject = Mapping[str, Json]
"""The Realtime API's session object (facts: realtime protocol, session object)."""

Event = Mapping[str, Json]
"""One JSON event of the Realtime API."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A session that was opened: the SDP for the caller, and the name under which it is controlled."""

    sdp: str
    call_id: str


class Sideband(Protocol):
    """The control socket of one session. One reader, one writer."""

    async def send(self, event: Event) -> None:
        """Put one event on the wire. Raises `SidebandLost` if the socket is closed."""

    def send_now(self, event: Event) -> bool:
        """Put one event on the wire if that needs no waiting. False if it does, or the socket is closed:
        nothing was sent then."""

    def __aiter__(self) -> AsyncIterator[str]:
        """The raw events, as they come. Ends when the provider closes in good order; raises
        `SidebandLost`, with the close code, when it does not."""


@runtime_checkable
class DirectSideband(Sideband, Protocol):
    """One that can hand over its events as it reads them, which saves each of them a turn of the loop."""

    async def listen(self, receive: Callable[[str], None]) -> None:
        """Call `receive` with each raw event. Returns and raises as the iteration ends, and raises what
        `receive` raises."""


class Provider(Protocol):
    """Where sessions come from. One object serves all sessions of its kind, concurrently."""

    @property
    def kind(self) -> str:
        """The word in agents.yaml: `local`, `azure`, `openai`."""

    async def start(self) -> None:
        """Make ready to answer; called once before anything else. Raises `ProviderError`."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        """Open a session for an SDP offer. Raises `ProviderUnreachable` or `ProviderRefused`."""

    def sideband(self, call_id: str) -> AbstractAsyncContextManager[Sideband]:
        """Connect the control socket; retries for a few seconds while the service does not know the
        session yet. Raises `ProviderUnreachable` or `ProviderRefused` on entering."""

    def connect(self, session: SessionObject) -> AbstractAsyncContextManager[Sideband]:
        """Open a session that lives in one WebSocket, with nothing beside it: text, or sound as events
        (§4.1, §4.2). It ends with the block. Raises `ProviderUnreachable` or `ProviderRefused` on entering,
        also when the service does not take the session object."""

    async def hang_up(self, call_id: str) -> None:
        """End the session at the provider; no error if it has ended already."""

    async def accept(self, call_id: str, session: SessionObject) -> None:
        """Take a phone call that rings (§8.2). Raises `ProviderUnreachable` or `ProviderRefused`: 404 for a
        call that does not ring any more, 409 for one that was taken."""

    async def reject(self, call_id: str, status: int) -> None:
        """Do not take it; the caller's side is told this SIP status. Raises as `accept` does."""

    async def refer(self, call_id: str, address: str) -> None:
        """Pass a phone call on to a `sip:` or `tel:` address (§8.2). Raises `ProviderRefused` for a session
        that is no phone call, and where the service knows no phones."""

    async def aclose(self) -> None:
        """Let go of everything `start` made. Idempotent."""
