"""The line of a session, kept up: renewed before it ends, and made anew when it breaks.

The conversation decides when; the caller's side makes the new line (`LineWanted`); here the one is told of
the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from jackfield.calls import Json
from jackfield.config import ProviderConfig
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import LoseLine, MoveLine, WantLine
from jackfield.conversation.notices import LineChanged, LineWanted, SessionDiffers
from jackfield.conversation.renewal import Renewal, Stand
from jackfield.errors import ProviderError, ProviderRefused
from jackfield.notices import Notice, Trouble
from jackfield.protocol.client_events import ClientEvent
from jackfield.providers.base import Answer, Provider
from jackfield.session import terms
from jackfield.session.legs import Legs, send
from jackfield.session.persona import Persona

LONGEST = 4 * 3600.0
"""Seconds. A clock that disagrees by more than that with the service's is not to be believed."""


class Talking(Protocol):
    """What the line serves: the session, as far as it is concerned."""

    conversation: Conversation

    @property
    def persona(self) -> Persona: ...

    @property
    def now(self) -> float:
        """Seconds on the session's clock."""

    def note(self, notice: Notice) -> None:
        """Tell whoever watches."""

    def carry_out(self) -> None:
        """Do what the conversation wants done."""

    def attached(self) -> None:
        """The service hears us (again)."""

    def heard(self, raw: str) -> None:
        """The service has an event for us, on the line; nothing else is under way."""

    def received(self, raw: str) -> None:
        """The service has an event for us."""

    def end(self, reason: str, *, failed: bool) -> None:
        """The call is over."""

    def introduce(self) -> None:
        """The service is to know the persona of the moment."""


class Line:
    """One per session. Before `connect` nobody is at the other end, and what is sent is dropped. `places` is
    what agents.yaml says of each of the `providers`."""

    def __init__(
        self, session: Talking, providers: Sequence[Provider], places: Sequence[ProviderConfig | None]
    ) -> None:
        self._session = session
        self._places = dict(zip(providers, places, strict=False))
        terms.settle(session.conversation, places[0])
        self._legs = Legs(providers, self)
        session.conversation.continuing.elsewhere = self._legs.elsewhere

    @property
    def renewal(self) -> Renewal:
        return self._session.conversation.continuing.renewal

    @property
    def provider(self) -> str:
        """The kind of the provider that it goes to, or went last."""
        return self._legs.provider.kind

    @property
    def call_id(self) -> str:
        """The name of the session at the provider; "" while there is none."""
        return self._legs.current.call_id if self._legs.current else ""

    @property
    def attached(self) -> bool:
        """Whether the service hears what is sent."""
        return self._legs.current is not None and self._legs.current.attached

    @property
    def knows(self) -> Persona | None:
        """The persona that the service surely has."""
        return self._legs.current.knows if self._legs.current else None

    def introduced(self, persona: Persona) -> None:
        """The service has been told that it is this one."""
        if self._legs.current is not None:
            self._legs.current.knows = persona

    async def dial(self, offer: str) -> Answer:
        """A session for the caller's SDP offer, at the first of the providers that takes it. Raises
        `ProviderError`, the last one's."""
        answer = await self._legs.open(offer, self._session.persona)
        terms.settle(self._session.conversation, self._places.get(self._legs.provider))
        return answer

    def connect(self, call_id: str) -> None:
        """The session at the provider under this call id is at the other end from now on."""
        self._legs.begin(call_id, self._session.persona)

    def send(self, event: ClientEvent) -> None:
        """Send one event, or queue it. Raises `asyncio.QueueFull` as the control leg does."""
        send(self._legs.current, event)

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""
        if self._legs.current is not None and self._legs.current.control is not None:
            self._legs.current.control.refer(address, done)

    def leave(self) -> None:
        """Hang up: nothing is sent or heard any more."""
        self.renewal.over()
        self._legs.leave()

    async def aclose(self) -> None:
        """Wait until the provider has been told, as far as that is possible."""
        await self._legs.aclose()

    # --- the caller's side ----------------------------------------------------------------------------

    def follow(self) -> None:
        """There is somebody who makes a new line when one is wanted."""
        self.renewal.followed = True
        self._session.carry_out()

    def heartbeat(self) -> None:
        """The caller is there, and follows; it is missed when it does not say so again."""
        self._session.conversation.presence.heartbeat(self._session.now)
        self.follow()

    async def renew(self, offer: str) -> tuple[int, str]:
        """A new line for the caller's SDP offer: its number, for `caller_is_at`, and the SDP answer. Raises
        `ProviderError`."""
        if not self.renewal.offered(self._session.now):
            raise ProviderRefused("the call is over, so it needs no other line", status=409)
        try:
            return await self._legs.open_next(offer, self._session.persona)
        except ProviderError as error:
            self.next_is_over(str(error))
            raise

    def caller_is_at(self, number: int) -> bool:
        """The caller's end of the new line is connected. False if that is not the line that is being made."""
        return self._legs.caller_is_at(number)

    def caller_is_not_at(self, number: int, reason: str) -> bool:
        """The caller cannot connect to the new line. False if that is not the line that is being made."""
        return self._legs.give_up_next(number, reason)

    # --- what the conversation decides ----------------------------------------------------------------

    def change(self, effect: LoseLine | WantLine | MoveLine) -> None:
        """Carry out what the conversation wants done about the line."""
        match effect:
            case LoseLine():
                self._legs.drop()
                self._session.conversation.detached(self._session.now)
            case WantLine(reason, broken):
                self._session.note(LineWanted(self._session.now, reason, broken))
            case MoveLine():
                self._move(effect)

    def _move(self, order: MoveLine) -> None:
        """Go over to the new line, and tell it everything."""
        leg = self._legs.move()
        if leg is None:
            return
        session = self._session
        terms.settle(session.conversation, self._places.get(leg.provider))
        session.note(LineChanged(session.now, leg.number, leg.provider.kind, order.reason))
        if leg.knows is not session.persona:
            session.introduce()
        session.conversation.moved(order.calmly, session.now)
        for raw in leg.kept:
            session.received(raw)

    def described(self, described: Mapping[str, Json]) -> None:
        """The service says of what kind the session is and how long it lasts (`expires_at`, unix seconds)."""
        terms.learn(self._session.conversation, described)
        for new in self._legs.current.echo.news(described) if self._legs.current else ():
            self._session.note(SessionDiffers(self._session.now, new.field, new.asked, new.given))
        expires = described.get("expires_at")
        if isinstance(expires, int | float) and 0 < (left := expires - time.time()) < LONGEST:
            self.renewal.ends(self._session.now + left, self._session.now)

    # --- what the legs tell ---------------------------------------------------------------------------

    def leg_attached(self) -> None:
        self._session.attached()

    def leg_received(self, raw: str) -> None:
        self._session.heard(raw)

    def leg_lost(self, reason: str) -> None:
        self._session.conversation.detached(self._session.now)
        self._session.note(Trouble(self._session.now, reason))

    def leg_over(self, reason: str, error: bool) -> None:
        under_way = self.renewal.stand in (Stand.OPENING, Stand.READY)
        if error or under_way:
            self.renewal.breaks(reason, self._session.now)
            self._session.carry_out()
        else:
            self._session.end(reason, failed=False)

    def next_stands(self) -> None:
        self.renewal.stands(self._session.now)
        self._session.conversation.tick(self._session.now)
        self._session.carry_out()

    def next_is_over(self, reason: str) -> None:
        self._session.note(Trouble(self._session.now, f"the line is not renewed yet: {reason}"))
        self.renewal.failed(self._session.now)
        self._session.carry_out()
