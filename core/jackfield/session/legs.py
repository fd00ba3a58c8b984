"""The sessions at providers that stand for one session of ours: the one it is at, and the next one.

There is a next one only while the caller and we are moving over to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

from jackfield.errors import ProviderError
from jackfield.protocol.client_events import ClientEvent, SessionUpdate
from jackfield.providers.base import Answer, Provider
from jackfield.session.control_leg import ControlLeg, Listener
from jackfield.session.echo import Echo
from jackfield.session.persona import Persona

log = logging.getLogger(__name__)

LINGER = 1.0
"""Seconds for which a session that was left is kept, until the caller has surely moved, too."""

MOST_KEPT = 100
"""Events of the next session that wait until it is the one we are at."""

DEAF: SessionUpdate = SessionUpdate({"audio": {"input": {"turn_detection": None}}})
"""Said to a session that is left: it shall not answer what the caller still says to it."""


class LegListener(Protocol):
    """Whom the legs tell, on the session's loop."""

    def leg_attached(self) -> None:
        """The control leg of the session we are at is there (again)."""

    def leg_received(self, raw: str) -> None:
        """It has an event for us."""

    def leg_lost(self, reason: str) -> None:
        """Its control leg is gone, and is dialled again."""

    def leg_over(self, reason: str, error: bool) -> None:
        """The session we are at has ended: in good order, or by an error."""

    def next_stands(self) -> None:
        """The next session has the caller at one end and us at the other."""

    def next_is_over(self, reason: str) -> None:
        """The next session came to nothing."""


class Leg:
    """One session at a provider. `knows` is the persona that it surely has."""

    def __init__(self, number: int, provider: Provider, call_id: str, persona: Persona) -> None:
        self.number = number
        self.provider = provider
        self.call_id = call_id
        self.knows: Persona | None = persona
        self.echo = Echo(persona.session_object())
        self.caller_is_there = False
        self.kept: list[str] = []
        self.control: ControlLeg | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def attached(self) -> bool:
        return self.control is not None and self.control.attached

    async def close(self) -> None:
        """Let go of it, and end it at the provider, as far as that can be told."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        with suppress(ProviderError):
            await self.provider.hang_up(self.call_id)


class Legs:
    """Owns the tasks of all legs. The first of the `providers` is where it begins."""

    def __init__(self, providers: Sequence[Provider], listener: LegListener) -> None:
        self._providers = list(providers)
        self._listener = listener
        self._current: Leg | None = None
        self._next: Leg | None = None
        self._count = 0
        self._leaving: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    @property
    def current(self) -> Leg | None:
        """The session that we are at; None before there is one, and while the line is broken."""
        return self._current

    @property
    def provider(self) -> Provider:
        """Where we are, or were last."""
        return self._providers[0]

    @property
    def elsewhere(self) -> bool:
        """Whether there is more than one provider."""
        return len(self._providers) > 1

    def begin(self, call_id: str, persona: Persona) -> None:
        """The session under this call id is the one we are at."""
        self._current = self._start(self.provider, call_id, persona)

    async def open(self, offer: str, persona: Persona) -> Answer:
        """Open the first session for the caller's SDP offer, at the first provider that takes it, which is
        where `begin` begins. Raises `ProviderError`, the last provider's."""
        provider, answer = await self._answered(list(self._providers), offer, persona)
        self._prefer(provider)
        return answer

    async def open_next(self, offer: str, persona: Persona) -> tuple[int, str]:
        """Open the next session for the caller's SDP offer: its number and the SDP answer. A provider whose
        session broke is asked last. Raises `ProviderError`, the last provider's."""
        first, *others = self._providers
        order = [first, *others] if self._current is not None else [*others, first]
        provider, answer = await self._answered(order, offer, persona)
        self._leave(self._next, at_once=True)
        self._next = self._start(provider, answer.call_id, persona)
        return self._next.number, answer.sdp

    @staticmethod
    async def _answered(
        providers: Sequence[Provider], offer: str, persona: Persona
    ) -> tuple[Provider, Answer]:
        for provider in providers:
            try:
                return provider, await provider.answer(offer, persona.session_object())
            except ProviderError as error:
                if provider is providers[-1]:
                    raise
                log.warning("no session at %s, so the next provider is asked: %s", provider.kind, error)
        raise AssertionError("there is always a provider")

    def _prefer(self, provider: Provider) -> None:
        self._providers.remove(provider)
        self._providers.insert(0, provider)

    def caller_is_at(self, number: int) -> bool:
        """The caller has connected to the session of this number. False if that is not the next one."""
        if self._next is None or self._next.number != number:
            return False
        self._next.caller_is_there = True
        self._stands(self._next)
        return True

    def give_up_next(self, number: int, reason: str) -> bool:
        """The session of this number is of no use. False if that is not the next one."""
        if self._next is None or self._next.number != number:
            return False
        self._over(self._next, reason, error=True)
        return True

    def move(self) -> Leg | None:
        """The next session is the one we are at from now on; None if there is none. What it had to say so far
        is in `kept`."""
        following, self._next = self._next, None
        if following is not None:
            self._leave(self._current, at_once=False)
            self._current = following
            self._prefer(following.provider)
        return following

    def drop(self) -> None:
        """The session we are at is broken: nothing of it is listened to any more."""
        self._leave(self._current, at_once=True)
        self._current = None

    def leave(self) -> None:
        """Hang up on all of them; nothing is sent or heard any more."""
        self._leave(self._next, at_once=True)
        self._next = None
        self.drop()

    async def aclose(self) -> None:
        """Wait until all that were left have ended."""
        self._closing.set()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    # --- one leg --------------------------------------------------------------------------------------

    def _start(self, provider: Provider, call_id: str, persona: Persona) -> Leg:
        self._count += 1
        leg = Leg(self._count, provider, call_id, persona)
        listener = Listener(
            partial(self._attached, leg), partial(self._received, leg), partial(self._lost, leg)
        )
        leg.control = ControlLeg(provider, call_id, listener)
        leg.task = asyncio.create_task(self._attend(leg, leg.control), name=f"control leg {call_id}")
        return leg

    async def _attend(self, leg: Leg, control: ControlLeg) -> None:
        try:
            await control.run()
            self._over(leg, "the line was closed", error=False)
        except ProviderError as error:
            self._over(leg, str(error), error=True)
        except Exception:
            log.exception("the control leg of %s failed", leg.call_id)
            self._over(leg, "an error inside Jackfield; the log has it", error=True)

    def _attached(self, leg: Leg) -> None:
        if leg is self._current:
            self._listener.leg_attached()
        elif leg is self._next:
            self._stands(leg)

    def _received(self, leg: Leg, raw: str) -> None:
        if leg is self._current:
            self._listener.leg_received(raw)
        elif leg is self._next and len(leg.kept) < MOST_KEPT:
            leg.kept.append(raw)

    def _lost(self, leg: Leg, reason: str) -> None:
        leg.knows = None
        if leg is self._current:
            self._listener.leg_lost(reason)

    def _over(self, leg: Leg, reason: str, *, error: bool) -> None:
        if leg is self._current:
            self._listener.leg_over(reason, error)
        elif leg is self._next:
            self._next = None
            self._leave(leg, at_once=True)
            self._listener.next_is_over(reason)

    def _stands(self, leg: Leg) -> None:
        if leg.attached and leg.caller_is_there:
            self._listener.next_stands()

    def _leave(self, leg: Leg | None, *, at_once: bool) -> None:
        if leg is None:
            return
        if leg.control is not None and not at_once:
            with suppress(asyncio.QueueFull):
                leg.control.send(DEAF)
        linger = 0.0 if at_once else LINGER
        task = asyncio.create_task(self._close(leg, linger), name=f"leaving {leg.call_id}")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _close(self, leg: Leg, linger: float) -> None:
        if linger:
            with suppress(TimeoutError):
                async with asyncio.timeout(linger):
                    await self._closing.wait()
        await leg.close()


def send(leg: Leg | None, event: ClientEvent) -> None:
    """Send one event, or queue it; to nobody, it is dropped. Raises `asyncio.QueueFull`."""
    if leg is not None and leg.control is not None:
        leg.control.send(event)
