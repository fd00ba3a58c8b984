"""One live line. Decisions are the conversation's; here they are carried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from jackfield.calls import Arguments
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import (
    Asking,
    CancelCall,
    Close,
    Effect,
    Note,
    Replied,
    Send,
    StartCall,
)
from jackfield.errors import ProviderError
from jackfield.notices import (
    Notice,
    SessionEnded,
    SessionOpened,
    SidebandConnected,
    ToolsChanged,
    Trouble,
)
from jackfield.protocol.client_events import ClientEvent, SessionUpdate
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import SessionDescribed
from jackfield.providers.base import Provider
from jackfield.session.alarm import Alarm
from jackfield.session.control_leg import ControlLeg, Listener
from jackfield.session.function_calls import FunctionCalls
from jackfield.session.line import Line
from jackfield.session.persona import Persona
from jackfield.session.switchboard import Switchboard
from jackfield.session.timeline import Timeline

log = logging.getLogger(__name__)


class Session:
    """A caller and an agent. Made by the runtime, which also owns the task that runs it.

    All state lives on one event loop; only `ToolContext.progress` is called from elsewhere. The session's
    clock starts at 0 when it is made.
    """

    def __init__(self, session_id: str, agent: str, provider: Provider, switchboard: Switchboard) -> None:
        self.id = session_id
        self.persona = switchboard.persona(agent)
        self._opened_at = asyncio.get_running_loop().time()
        self._known: Persona | None = self.persona  # the one that the service surely knows
        self.conversation = Conversation(self.persona)
        self.conversation.detached(self.now)
        self._line = Line(provider, Listener(self._attached, self._received, self._sideband_lost))
        self._timeline = Timeline(lambda notice: switchboard.notify(notice, session_id))
        self._calls = FunctionCalls(self, switchboard)
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
        self.conversation.say(text, self.now)
        self.carry_out()

    async def hang_up(self, reason: str = "hung up") -> None:
        """End the session, and wait until it has ended here and at the provider."""
        self._end(reason, failed=False)
        async for _ in self.timeline():
            pass

    async def confirm(self, call_id: str, *, agreed: bool) -> bool:
        """The caller answers, by a button, whether a tool may run (`ConfirmationAsked`). False if that is
        not asked, or not any more."""
        known = not self._verdict.done() and self.conversation.settle(call_id, agreed, self.now)
        self.carry_out()
        return known

    async def answer(self, question_id: str, values: Arguments | None) -> bool:
        """The caller answers, on a screen, what a running tool wants to know (`QuestionAsked`); None is a no.
        False if that is not asked (any more). Raises `ToolError` for values that do not fit."""
        known = not self._verdict.done() and self._calls.questions.answered(question_id, values)
        self.carry_out()
        return known

    def refresh_tools(self) -> None:
        """Tools may have come or gone: the model is told if that is so for this agent."""
        persona = self._calls.persona(self.agent)
        if persona.function_tools != self.persona.function_tools:
            self.become(persona)
            self.note(ToolsChanged(self.now, [tool.name for tool in persona.tools.values()]))
            self.carry_out()

    def observe(self, notice: Notice) -> None:
        """Something became known elsewhere that concerns this session; `at` is set here."""
        self.note(replace(notice, at=self.now))

    # --- its life -------------------------------------------------------------------------------------

    async def run(self, call_id: str) -> None:
        """Attend to the session at the provider under this call id until it ends. Never raises but for
        cancellation, which ends the session like a hang-up."""
        self.note(SessionOpened(self.now, self.id, self.agent, self._line.provider))
        attending = asyncio.create_task(
            self._attend(self._line.connect(call_id)), name=f"{self.id} control leg"
        )
        ended = SessionEnded(self.now, "the runtime is closing", failed=False)
        try:
            ended = await self._verdict
        finally:
            await self._clean_up(attending)
            self.note(ended)
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

    async def _clean_up(self, attending: asyncio.Task[None]) -> None:
        self._alarm.cancel()
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)
        self._calls.abandon()
        await self._line.hang_up()

    def _end(self, reason: str, *, failed: bool) -> None:
        if not self._verdict.done():
            self._verdict.set_result(SessionEnded(self.now, reason, failed))

    # --- what happens ---------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds on the session's clock."""
        return asyncio.get_running_loop().time() - self._opened_at

    def _attached(self) -> None:
        self.note(SidebandConnected(self.now))
        self.refresh_tools()
        if self._known is not self.persona:
            self._introduce()
        self.conversation.attached(self.now)
        self.carry_out()

    def _received(self, raw: str) -> None:
        event = decode(raw)
        self.conversation.receive(event, self.now)
        if isinstance(event, SessionDescribed) and not self._greeted:
            self._greet()
        self.carry_out()

    def _sideband_lost(self, reason: str) -> None:
        self._known = None
        self.conversation.detached(self.now)
        self.note(Trouble(self.now, reason))

    def _greet(self) -> None:
        self._greeted = True
        if self.persona.config.greeting:
            self.conversation.announce(self.persona.config.greeting, self.now)

    # --- what is done about it ------------------------------------------------------------------------

    def carry_out(self) -> None:
        """Do what the conversation wants done; after everything that it was told."""
        while effects := self.conversation.effects():
            for effect in effects:
                self._do(effect)
        self._alarm.moved()

    def _do(self, effect: Effect) -> None:
        match effect:
            case StartCall():
                self._calls.start(effect)
            case CancelCall(call_id):
                self._calls.cancel(call_id)
            case Send(event):
                self._send(event)
            case Note(notice):
                self.note(notice)
            case Asking(question):
                self._calls.questions.put(question)
            case Replied():
                self._calls.questions.settle(effect)
            case Close(reason):
                self._end(reason, failed=True)

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""
        self._line.refer(address, done)

    def become(self, persona: Persona) -> None:
        """Another agent, or other tools, from now on; the model is told."""
        self.persona = self.conversation.repertoire = persona
        if self._line.attached:
            self._introduce()

    def _introduce(self) -> None:
        self._known = self.persona
        self._send(SessionUpdate(self.persona.update()))

    def _send(self, event: ClientEvent) -> None:
        try:
            self._line.send(event)
        except asyncio.QueueFull:
            self._end("the service has taken no events for too long", failed=True)

    def note(self, notice: Notice) -> None:
        """Tell whoever watches."""
        self._timeline.add(notice)

    def _deadline(self) -> float | None:
        deadline = None if self._verdict.done() else self.conversation.deadline
        return None if deadline is None else self._opened_at + deadline

    def _ring(self) -> None:
        self.conversation.tick(self.now)
        self.carry_out()
