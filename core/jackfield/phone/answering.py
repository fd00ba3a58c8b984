"""A phone rings: the agent for whom the call is takes it, or it is rejected."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from jackfield.config import Config
from jackfield.errors import ProviderError, ProviderRefused
from jackfield.phone.incoming import IncomingCall
from jackfield.phone.line import PhoneLine
from jackfield.phone.routing import Rejected, routed
from jackfield.providers.base import Provider
from jackfield.session import Session, Switchboard

log = logging.getLogger(__name__)

BUSY = Rejected(486)
UNAVAILABLE = Rejected(480)
"""The SIP statuses of a call that nobody can take now: all lines are busy; something is wrong here."""

GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE)
"""How a service refuses a call that does not ring any more: the caller has hung up, or somebody took it."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Where calls come in: they ring at `provider`. `tapped` may put something between that and a session,
    whose id and agent it is told. `put_through` is given each session that begins, with its call id."""

    config: Config
    switchboard: Switchboard
    provider: Provider
    tapped: Callable[[Provider, str, str], Provider]
    put_through: Callable[[Session, str], None]

    async def take(self, call: IncomingCall, *, busy: bool) -> None:
        """Answer the call, or reject it. Never raises: whatever goes wrong, nobody is left ringing."""
        answer = BUSY if busy else routed(call, self.config)
        try:
            if isinstance(answer, Rejected):
                await self._reject(call, answer)
            else:
                await self._answer(call, answer.agent)
        except Exception:
            log.exception(
                "the call of %s could not be taken, by an error inside Jackfield", call.caller.masked
            )
            await self._reject(call, UNAVAILABLE)

    async def _answer(self, call: IncomingCall, agent: str) -> None:
        session_id = f"session_{secrets.token_hex(8)}"
        attendants = self.switchboard.attendants
        attendants.meet(session_id, call.caller)
        try:
            await attendants.ask(agent, session_id)
            line = PhoneLine(self.tapped(self.provider, session_id, agent))
            session = Session(session_id, agent, line, self.switchboard)
            conversation = session.conversation  # a phone's line cannot be renewed: it ends with a goodbye
            conversation.presence.lands_at = conversation.continuing.renewal.last_moment
            await line.accept(call.call_id, session.persona.session_object())
        except ProviderError as error:
            attendants.forget(session_id)
            await self._not_taken(call, error)
        except BaseException:
            attendants.forget(session_id)
            raise
        else:
            log.info("%s: %s answers the call of %s", session_id, agent, call.caller.masked)
            self.put_through(session, call.call_id)

    async def _not_taken(self, call: IncomingCall, error: ProviderError) -> None:
        if isinstance(error, ProviderRefused) and error.status in GONE:
            log.info("the call of %s does not ring any more: %s", call.caller.masked, error)
            return
        log.warning("the call of %s could not be taken: %s", call.caller.masked, error)
        await self._reject(call, UNAVAILABLE)
        # It may have been taken all the same, where no answer came: then somebody talks to nobody.
        with suppress(ProviderError):
            await self.provider.hang_up(call.call_id)

    async def _reject(self, call: IncomingCall, answer: Rejected) -> None:
        try:
            await self.provider.reject(call.call_id, answer.status)
        except ProviderError as error:
            log.info("the call of %s could not be rejected: %s", call.caller.masked, error)
        else:
            log.info("the call of %s was rejected with %d", call.caller.masked, answer.status)
