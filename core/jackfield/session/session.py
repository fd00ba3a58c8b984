"""One live line. Decisions are the conversation's; here they are carried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from jackfield.calls import Arguments, Outcome, OutcomeKind
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import CancelCall, Close, Effect, Note, Send, StartCall
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.request import AgreementWanted, Happening
from jackfield.errors import ProviderError
from jackfield.notices import (
    HandedOff,
    Notice,
    SessionEnded,
    SessionOpened,
    SidebandConnected,
    ToolsChanged,
    TransferWanted,
    Trouble,
)
from jackfield.protocol.client_events import ClientEvent, SessionUpdate
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import SessionDescribed
from jackfield.providers.base import Provider
from jackfield.session import transfer, work_tools
from jackfield.session.alarm import Alarm
from jackfield.session.control_leg import ControlLeg, Listener
from jackfield.session.happenings import notice_of
from jackfield.session.persona import Persona
from jackfield.session.switchboard import Switchboard
from jackfield.session.timeline import Timeline
from jackfield.tools.tool import ToolContext

log = logging.getLogger(__name__)


class Session:
    """A caller and an agent. Made by the runtime, which also owns the task that runs it.

    All state lives on one event loop; only `ToolContext.progress` is called from elsewhere. The session's
    clock starts at 0 when it is made.
    """

    def __init__(self, session_id: str, agent: str, provider: Provider, switchboard: Switchboard) -> None:
        self.id = session_id
        self.persona = switchboard.persona(agent)
        self._provider = provider
        self._switchboard = switchboard
        self._opened_at = asyncio.get_running_loop().time()
        self._known: Persona | None = self.persona  # the one that the service surely knows
        self._conversation = Conversation(self.persona)
        self._conversation.detached(self._now)
        self._control: ControlLeg | None = None
        self._timeline = Timeline(lambda notice: switchboard.notify(notice, session_id))
        self._alarm = Alarm(self._deadline, self._ring)
        self._verdict: asyncio.Future[SessionEnded] = asyncio.get_running_loop().create_future()
        self._greeted = False

    # --- for whoever watches and takes part -----------------------------------------------------------

    @property
    def agent(self) -> str:
        """The agent that has the line now; a handoff changes it."""
        return self.persona.agent

    def timeline(self, start: int = 0) -> AsyncIterator[Notice]:
        """Every notice so far from number `start` on, then live; ends after `SessionEnded`."""
        return self._timeline.read(start)

    async def say(self, text: str) -> None:
        """The caller types instead of speaking."""
        self._conversation.say(text, self._now)
        self._carry_out()

    async def hang_up(self, reason: str = "hung up") -> None:
        """End the session, and wait until it has ended here and at the provider."""
        self._end(reason, failed=False)
        async for _ in self.timeline():
            pass

    async def confirm(self, call_id: str, *, agreed: bool) -> bool:
        """The caller answers, by a button, whether a tool may run (`ConfirmationAsked`). False if that is
        not asked, or not any more."""
        known = not self._verdict.done() and self._conversation.settle(call_id, agreed, self._now)
        self._carry_out()
        return known

    def refresh_tools(self) -> None:
        """Tools may have come or gone: the model is told if that is so for this agent."""
        persona = self._switchboard.persona(self.agent, self.id)
        if persona.function_tools != self.persona.function_tools:
            self._become(persona)
            self._note(ToolsChanged(self._now, [tool.name for tool in persona.tools.values()]))
            self._carry_out()

    def observe(self, notice: Notice) -> None:
        """Something became known elsewhere that concerns this session; `at` is set here."""
        self._note(replace(notice, at=self._now))

    # --- its life -------------------------------------------------------------------------------------

    async def run(self, call_id: str) -> None:
        """Attend to the session at the provider under this call id until it ends. Never raises but for
        cancellation, which ends the session like a hang-up."""
        listener = Listener(self._attached, self._received, self._sideband_lost)
        self._control = ControlLeg(self._provider, call_id, listener)
        self._note(SessionOpened(self._now, self.id, self.agent, self._provider.kind))
        attending = asyncio.create_task(self._attend(self._control), name=f"{self.id} control leg")
        ended = SessionEnded(self._now, "the runtime is closing", failed=False)
        try:
            ended = await self._verdict
        finally:
            await self._clean_up(attending, call_id)
            self._note(ended)
            self._timeline.close()

    async def _attend(self, control: ControlLeg) -> None:
        try:
            await control.run()
            self._end("the line was closed", failed=False)
        except ProviderError as error:
            self._end(str(error), failed=True)
        except Exception:
            log.exception("session %s: the control leg failed", self.id)
            self._end("an error inside Jackfield; the log has it", failed=True)

    async def _clean_up(self, attending: asyncio.Task[None], call_id: str) -> None:
        self._alarm.cancel()
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)
        for call in self._conversation.running:
            self._switchboard.dispatcher.cancel(self._dispatch_id(call.id))
        self._switchboard.dispatcher.shelves.forget(self.id)
        with suppress(ProviderError):
            await self._provider.hang_up(call_id)

    def _end(self, reason: str, *, failed: bool) -> None:
        if not self._verdict.done():
            self._verdict.set_result(SessionEnded(self._now, reason, failed))

    # --- what happens ---------------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._opened_at

    def _attached(self) -> None:
        self._note(SidebandConnected(self._now))
        self.refresh_tools()
        if self._known is not self.persona:
            self._introduce()
        self._conversation.attached(self._now)
        self._carry_out()

    def _received(self, raw: str) -> None:
        event = decode(raw)
        self._conversation.receive(event, self._now)
        if isinstance(event, SessionDescribed) and not self._greeted:
            self._greet()
        self._carry_out()

    def _sideband_lost(self, reason: str) -> None:
        self._known = None
        self._conversation.detached(self._now)
        self._note(Trouble(self._now, reason))

    def _greet(self) -> None:
        self._greeted = True
        if self.persona.config.greeting:
            self._conversation.announce(self.persona.config.greeting, self._now)

    def _entered(self, call_id: str, arguments: Arguments) -> None:
        self._conversation.entered(call_id, arguments, self._now)
        self._carry_out()

    def _finished(self, call_id: str, outcome: Outcome) -> None:
        if outcome.handle:  # the model must have `read_more` before it reads of it
            self.refresh_tools()
        self._conversation.finish(call_id, outcome, self._now)
        self._carry_out()

    def _happened(self, call: StartCall, happening: Happening) -> None:
        if isinstance(happening, AgreementWanted):
            self._conversation.ask_first(call.call_id, call.arguments, happening.question, self._now)
            self._carry_out()
            return
        self._note(notice_of(happening, call.call_id, self.persona.title(call.name), self._now))

    def _progressed(self, call_id: str, text: str) -> None:
        self._conversation.progress(call_id, text, self._now)
        self._carry_out()

    # --- what is done about it ------------------------------------------------------------------------

    def _carry_out(self) -> None:
        while effects := self._conversation.effects():
            for effect in effects:
                self._do(effect)
        self._alarm.moved()

    def _do(self, effect: Effect) -> None:
        match effect:
            case StartCall():
                self._start(effect)
            case CancelCall(call_id):
                self._switchboard.dispatcher.cancel(self._dispatch_id(call_id))
            case Send(event):
                self._send(event)
            case Note(notice):
                self._note(notice)
            case Close(reason):
                self._end(reason, failed=True)

    def _start(self, call: StartCall) -> None:
        if call.name in self.persona.handoffs:
            self._hand_over(call.call_id, self.persona.handoffs[call.name])
            return
        if self.persona.offers(call.name):
            told = work_tools.answer(call.call_id, call.name, call.arguments, self._conversation, self._now)
            self._conversation.finish(call.call_id, told, self._now)
            return
        self._switchboard.dispatcher.start(
            self._dispatch_id(call.call_id),
            self.persona.tools.get(call.name),
            call.name,
            call.arguments,
            self._context(call),
            call.policy,
            entered=lambda _, arguments: self._entered(call.call_id, arguments),
            finished=lambda _, outcome: self._finished(call.call_id, outcome),
            happened=lambda _, happening: self._happened(call, happening),
            known=[*self.persona.tools, *self.persona.handoffs],
        )

    def _context(self, call: StartCall) -> ToolContext:
        # The way that the call's end comes by, which must not overtake what is told before it.
        post = crossing_to(asyncio.get_running_loop()).post
        progress = partial(post, self._progressed, call.call_id)
        title, settings = self.persona.title(call.name), self._switchboard.settings(self.persona, call.name)
        limit, agreed = call.policy.timeout, call.agreed
        return ToolContext(call.call_id, self.id, self.agent, limit, progress, title, settings, agreed=agreed)

    def _hand_over(self, call_id: str, agent: str) -> None:
        address = self._switchboard.config.agents[agent].transfer
        if address is None:
            self._hand_off(call_id, agent)
        elif self._control is not None:
            self._note(TransferWanted(self._now, agent, address))
            self._control.refer(
                address, lambda error: self._finished(call_id, transfer.outcome_of(agent, error))
            )

    def _hand_off(self, call_id: str, agent: str) -> None:
        """The update goes out before the output, so that whoever answers is the new agent (§6.9)."""
        before = self.agent
        self._become(self._switchboard.persona(agent, self.id))
        self._note(HandedOff(self._now, before, agent))
        told = self.persona.config.greeting or f"You are through to the {agent}."
        self._conversation.finish(call_id, Outcome(OutcomeKind.VALUE, told), self._now)

    def _become(self, persona: Persona) -> None:
        self.persona = self._conversation.repertoire = persona
        if self._control is not None and self._control.attached:
            self._introduce()

    def _introduce(self) -> None:
        self._known = self.persona
        self._send(SessionUpdate(self.persona.update()))

    def _send(self, event: ClientEvent) -> None:
        if self._control is None:
            return
        try:
            self._control.send(event)
        except asyncio.QueueFull:
            self._end("the service has taken no events for too long", failed=True)

    def _note(self, notice: Notice) -> None:
        self._timeline.add(notice)

    def _deadline(self) -> float | None:
        deadline = None if self._verdict.done() else self._conversation.deadline
        return None if deadline is None else self._opened_at + deadline

    def _ring(self) -> None:
        self._conversation.tick(self._now)
        self._carry_out()

    def _dispatch_id(self, call_id: str) -> str:
        # A provider's call ids are unique within a session; the dispatcher serves them all.
        return f"{self.id}/{call_id}"
