"""One live line. Decisions are the conversation's; here they are carried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from jackfield.calls import Arguments
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import (
    Asking,
    CancelCall,
    Close,
    Effect,
    LoseLine,
    MoveLine,
    Note,
    Replied,
    Send,
    StartCall,
    WantLine,
)
from jackfield.errors import ProviderError
from jackfield.notices import (
    Notice,
    SessionEnded,
    SessionOpened,
    SidebandConnected,
    ToolsChanged,
)
from jackfield.protocol.client_events import ClientEvent, SessionUpdate
from jackfield.protocol.codec import decode, may_call
from jackfield.protocol.server_events import SessionDescribed
from jackfield.providers.base import Provider
from jackfield.session import terms
from jackfield.session.alarm import Alarm
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

    def __init__(
        self,
        session_id: str,
        agent: str,
        provider: Provider,
        switchboard: Switchboard,
        fallback: Sequence[Provider] = (),
    ) -> None:
        self.id = session_id
        self.persona = switchboard.persona(agent, session_id)
        self._clock = switchboard.clock()
        self._opened_at = self._clock.time()
        self.conversation = Conversation(self.persona)
        terms.agree(self.conversation, self.persona.config)
        self.conversation.detached(self.now)
        places = terms.places(switchboard.config, self.persona.config)
        self.line = Line(self, [provider, *fallback], places)
        self._timeline = Timeline(lambda notice: switchboard.tell(notice, session_id))
        self._calls = FunctionCalls(self, switchboard)
        self._alarm = Alarm(self._moment, self._ring, self._clock)
        self._verdict: asyncio.Future[SessionEnded] = asyncio.get_running_loop().create_future()
        self._greeted = False
        self._untold: list[Notice] = []  # until it is settled what follows

    # --- for whoever watches and takes part -----------------------------------------------------------

    @property
    def agent(self) -> str:
        """The agent that has the line now; a handoff changes it."""
        return self.persona.agent

    def timeline(self, start: int = 0) -> AsyncIterator[Notice]:
        """Every notice so far from number `start` on, then live; ends after `SessionEnded`."""
        return self._timeline.read(start)

    @property
    def noticed(self) -> Sequence[Notice]:
        """Every notice so far: what `timeline` tells of soon, at once."""
        self._tell()
        return self._timeline.so_far

    async def say(self, text: str) -> None:
        """The caller types instead of speaking."""
        self.conversation.say(text, self.now)
        self.carry_out()

    async def hang_up(self, reason: str = "hung up") -> None:
        """End the session, and wait until it has ended here and at the provider."""
        self.end(reason, failed=False)
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

    async def hold(self, *, held: bool) -> bool:
        """The caller presses the button to talk, or lets go of it. False where the service listens by itself
        (`turn_detection` of the agent that the session began with), and when the session is over."""
        deaf = self.conversation.listens_for_no_turns or self.persona.config.turn_detection.type == "none"
        if self._verdict.done() or not deaf:
            return False
        (self.conversation.press if held else self.conversation.release)(self.now)
        self.carry_out()
        return True

    def refresh_tools(self) -> None:
        """Tools may have come or gone, or agents.yaml is another: the model is told of it if this agent is
        not what it was."""
        former, persona = self.persona, self._calls.persona(self.agent)
        self.become(persona)
        others = persona.tools != former.tools  # and not only the tools for answering a question
        if others and persona.function_tools != former.function_tools:
            self.note(ToolsChanged(self.now, [tool.name for tool in persona.tools.values()]))
        self.carry_out()

    def observe(self, notice: Notice) -> None:
        """Something became known elsewhere that concerns this session; `at` is set here."""
        self.note(replace(notice, at=self.now))

    # --- its life -------------------------------------------------------------------------------------

    async def run(self, call_id: str) -> None:
        """Attend to the session at the provider under this call id until it ends. Never raises but for
        cancellation, which ends the session like a hang-up."""
        caller = self._calls.caller.masked if self._calls.caller else ""
        self.note(SessionOpened(self.now, self.id, self.agent, self.line.provider, caller))
        self.line.connect(call_id)
        ended = SessionEnded(self.now, "the runtime is closing", failed=False)
        try:
            ended = await self._verdict
        finally:
            await self._clean_up()
            self.note(ended)
            self._tell()
            self._timeline.close()

    async def _clean_up(self) -> None:
        self.line.leave()
        self._calls.abandon()
        self._alarm.cancel()
        await self.line.aclose()

    def end(self, reason: str, *, failed: bool) -> None:
        """The call is over; the first reason counts."""
        if not self._verdict.done():
            self._verdict.set_result(SessionEnded(self.now, reason, failed))

    # --- what happens ---------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds on the session's clock."""
        return self._clock.time() - self._opened_at

    def attached(self) -> None:
        """The service hears us (again)."""
        self.note(SidebandConnected(self.now))
        self.refresh_tools()
        if self.line.knows is not self.persona:
            self.introduce()
        self.conversation.attached(self.now)
        self.carry_out()

    def heard(self, raw: str) -> None:
        """The service has an event for us, and nothing else is under way. Tools that were just called go
        first, unless the next one is called by it."""
        if not may_call(raw):
            self._calls.give_way()
        self.received(raw)

    def received(self, raw: str) -> None:
        """The service has an event for us."""
        event = decode(raw)
        self.conversation.receive(event, self.now)
        if isinstance(event, SessionDescribed):
            self.line.described(event.session)
            self._greet()
        self.carry_out()

    def _greet(self) -> None:
        if self._greeted:
            return
        self._greeted = True
        if self.persona.config.greeting:
            self.conversation.announce(self.persona.config.greeting, self.now)

    # --- what is done about it ------------------------------------------------------------------------

    def carry_out(self) -> None:
        """Do what the conversation wants done, after everything that it was told: at once what function calls
        wait for, and the rest, with whoever watches, once for all that happens in this turn of the loop."""
        self._do_all(self.conversation.at_once)
        self._alarm.moved()

    def settle(self) -> None:
        """Do the rest, and tell of it, without waiting for the end of this turn of the loop."""
        self._do_all(self.conversation.effects)
        self._tell()

    def _moment(self) -> float | None:
        """When to be woken, now that this turn of the loop is at its end."""
        self.settle()
        deadline = None if self._verdict.done() else self.conversation.deadline
        return None if deadline is None else self._opened_at + deadline

    def _do_all(self, orders: Callable[[], Sequence[Effect]]) -> None:
        while effects := orders():
            for effect in effects:
                self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case StartCall():
                self._calls.start(effect)
            case CancelCall(call_id):
                self._calls.cancel(call_id)
            case Send(event):
                self._send(event)
            case Note(notice):
                self._untold.append(notice)
            case Asking(question):
                self._calls.questions.put(question)
            case Replied():
                self._calls.questions.settle(effect)
            case LoseLine() | WantLine() | MoveLine():
                self.line.change(effect)
            case Close(reason, failed):
                self.end(reason, failed=failed)

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""
        self.line.refer(address, done)

    def become(self, persona: Persona) -> None:
        """Another agent, or other tools, from now on; the model is told what is new to it."""
        known = self.line.knows
        self.persona = self.conversation.repertoire = persona
        if known is not None and known.update() == persona.update():
            self.line.introduced(persona)
        elif self.line.attached:
            self.introduce()

    def introduce(self) -> None:
        """The service is to know the persona of the moment."""
        self.line.introduced(self.persona)
        self._send(SessionUpdate(self.persona.update()))

    def _send(self, event: ClientEvent) -> None:
        try:
            self.line.send(event)
        except asyncio.QueueFull:
            self.end("the service has taken no events for too long", failed=True)

    def note(self, notice: Notice) -> None:
        """Tell whoever watches, in order; when everything was done that others wait for."""
        self._untold.append(notice)
        self._alarm.moved()

    def _tell(self) -> None:
        for notice in self._untold:
            self._timeline.add(notice)
        self._untold.clear()

    def _ring(self) -> None:
        self.conversation.tick(self.now)
        self.carry_out()
