"""The function calls of one session, carried out: by a tool, by the session itself, by another agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from jackfield.caller import Caller
from jackfield.calls import Arguments, Outcome, OutcomeKind
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import StartCall
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.request import AgreementWanted, Happening
from jackfield.errors import ProviderError
from jackfield.notices import HandedOff, Notice, TransferWanted
from jackfield.session import transfer, work_tools
from jackfield.session.happenings import notice_of
from jackfield.session.persona import Persona
from jackfield.session.questions import Questions
from jackfield.session.switchboard import Switchboard
from jackfield.session.tool_search import ToolSearch
from jackfield.tools.tool import ToolContext

OVER = "The session ended before there was a result, so this was stopped."


class Scene(Protocol):
    """What the function calls of a session happen in: the session, as far as they may touch it."""

    id: str
    conversation: Conversation

    @property
    def persona(self) -> Persona: ...

    @property
    def now(self) -> float:
        """Seconds on the session's clock."""

    def note(self, notice: Notice) -> None:
        """Tell whoever watches."""

    def carry_out(self) -> None:
        """Do what the conversation wants done; after everything that it was told."""

    def become(self, persona: Persona) -> None:
        """Another agent, or other tools, from now on; the model is told."""

    def refresh_tools(self) -> None:
        """The tools may have changed."""

    def refer(self, address: str, done: Callable[[ProviderError | None], None]) -> None:
        """Pass a phone call on; `done` is told whether that went well."""


class FunctionCalls:
    """Starts what the conversation orders, and tells it what came of that, exactly once for each."""

    def __init__(self, scene: Scene, switchboard: Switchboard) -> None:
        self._scene = scene
        self._switchboard = switchboard
        self._loop = asyncio.get_running_loop()
        # The way that the call's end comes by, which must not overtake what is told before it.
        self._post = crossing_to(self._loop).post
        self.questions = Questions(scene)
        self._search = ToolSearch()

    def start(self, call: StartCall) -> None:
        """Whoever is to do it does it; never waits."""
        persona = self._scene.persona
        if call.name in persona.handoffs:
            self._hand_over(call.call_id, persona.handoffs[call.name])
        elif persona.offers(call.name):
            now, conversation = self._scene.now, self._scene.conversation
            told = work_tools.answer(call.call_id, call.name, call.arguments, conversation, now)
            conversation.finish(call.call_id, told, now)
        elif self.questions.is_about(call.name):
            told = self.questions.called(call)
            self._scene.conversation.finish(call.call_id, told, self._scene.now)
        else:
            self._dispatch(call, persona)

    def give_way(self) -> None:
        """Tools that were just called go first."""
        self._switchboard.dispatcher.give_way()

    def cancel(self, call_id: str) -> None:
        """Stop the work of one; its outcome is decided already."""
        self._switchboard.dispatcher.cancel(self._dispatch_id(call_id))

    def persona(self, agent: str) -> Persona:
        """The agent with the tools that are there now, in this session."""
        found = self._search.offered(self._switchboard.persona(agent, self._scene.id))
        return self.questions.offered(found)

    @property
    def caller(self) -> Caller | None:
        """Who calls by phone."""
        return self._switchboard.attendants.caller(self._scene.id)

    def abandon(self) -> None:
        """The session is over, and so is each of them that is at work."""
        self.questions.abandon()
        scene = self._scene
        for call in scene.conversation.running:
            scene.conversation.cancel(call.id, OVER, scene.now)
        scene.carry_out()
        self._switchboard.forget(self._scene.id)

    # --- by a tool ------------------------------------------------------------------------------------

    def _dispatch(self, call: StartCall, persona: Persona) -> None:
        tool = persona.tools.get(call.name)
        self._switchboard.dispatcher.start(
            self._dispatch_id(call.call_id),
            tool,
            call.name,
            call.arguments,
            self._context(call, persona),
            call.policy,
            entered=lambda _, arguments: self._entered(call.call_id, arguments),
            finished=lambda _, outcome: self._finished(call.call_id, outcome, tool.source if tool else ""),
            happened=lambda _, happening: self._happened(call, happening),
            known=() if tool else (*persona.tools, *persona.handoffs),
        )

    def _context(self, call: StartCall, persona: Persona) -> ToolContext:
        progress = partial(self._post, self._progressed, call.call_id)
        title, settings = persona.title(call.name), self._switchboard.settings(persona, call.name)
        limit, agreed = call.policy.timeout, call.agreed
        scene = self._scene
        return ToolContext(
            call.call_id,
            scene.id,
            persona.agent,
            limit,
            progress,
            title,
            settings,
            agreed=agreed,
            ask=partial(self.questions.ask, call.call_id, self._loop),
            caller=self.caller,
        )

    def _entered(self, call_id: str, arguments: Arguments) -> None:
        self._scene.conversation.entered(call_id, arguments, self._scene.now)
        self._scene.carry_out()

    def _finished(self, call_id: str, outcome: Outcome, source: str = "") -> None:
        linked = self._switchboard.linked(self._scene.id, source, outcome)
        if (
            outcome.handle or linked or self._search.found_more
        ):  # what an output speaks of, the model must have
            self._scene.refresh_tools()
        self._scene.conversation.finish(call_id, outcome, self._scene.now)
        self._scene.carry_out()

    def _happened(self, call: StartCall, happening: Happening) -> None:
        scene = self._scene
        if isinstance(happening, AgreementWanted):
            scene.conversation.ask_first(call.call_id, call.arguments, happening.question, scene.now)
            scene.carry_out()
            return
        scene.note(notice_of(happening, call.call_id, scene.persona.title(call.name), scene.now))

    def _progressed(self, call_id: str, text: str) -> None:
        self._scene.conversation.progress(call_id, text, self._scene.now)
        self._scene.carry_out()

    def _dispatch_id(self, call_id: str) -> str:
        # A provider's call ids are unique within a session; the dispatcher serves them all.
        return f"{self._scene.id}/{call_id}"

    # --- by somebody else -----------------------------------------------------------------------------

    def _hand_over(self, call_id: str, agent: str) -> None:
        address = self._switchboard.config_of(agent).agents[agent].transfer
        if address is None:
            briefed = self._switchboard.attendants.ask_for(agent, self._scene.id)
            if briefed is None:
                self._hand_off(call_id, agent)
            else:
                briefed.add_done_callback(lambda _: self._hand_off_late(call_id, agent))
            return
        self._scene.note(TransferWanted(self._scene.now, agent, address))
        self._scene.refer(address, lambda error: self._finished(call_id, transfer.outcome_of(agent, error)))

    def _hand_off_late(self, call_id: str, agent: str) -> None:
        """Unless it was given up meanwhile."""
        if any(call.id == call_id for call in self._scene.conversation.running):
            self._hand_off(call_id, agent)
            self._scene.carry_out()

    def _hand_off(self, call_id: str, agent: str) -> None:
        """The update goes out before the output, so that whoever answers is the new agent (§6.9)."""
        scene, before = self._scene, self._scene.persona.agent
        scene.become(self.persona(agent))
        scene.note(HandedOff(scene.now, before, agent))
        told = scene.persona.config.greeting or f"You are through to the {agent}."
        scene.conversation.finish(call_id, Outcome(OutcomeKind.VALUE, told), scene.now)
