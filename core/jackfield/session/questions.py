"""The questions of running tools, on their way from the tools' threads to the conversation and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol

from jackfield.calls import (
    NOTHING_TO_FILL_IN,
    Arguments,
    Inquiry,
    Json,
    Outcome,
    OutcomeKind,
    Reply,
    ReplyKind,
)
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import Replied, StartCall
from jackfield.conversation.inquiries import ANSWER, DECLINE, PutQuestion
from jackfield.dispatch.arguments import ArgumentReader
from jackfield.dispatch.crossing import crossing_to
from jackfield.errors import ToolError
from jackfield.session.persona import Persona
from jackfield.tools.tool import LOOP, Tool, ToolContext
from jackfield.tools.wire import function_tool


class Scene(Protocol):
    """The session, as far as questions touch it."""

    conversation: Conversation

    @property
    def now(self) -> float: ...

    def carry_out(self) -> None: ...

    def refresh_tools(self) -> None: ...


class Questions:
    """One session's. Everything but `ask` belongs to the session's loop."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._replies: dict[str, Future[Reply]] = {}
        self._reader = ArgumentReader()
        self._current: PutQuestion | None = None
        self._offers: Mapping[str, Tool] = {}
        self._over = False

    # --- from a tool ----------------------------------------------------------------------------------

    def ask(self, call_id: str, loop: asyncio.AbstractEventLoop, inquiry: Inquiry) -> Future[Reply]:
        """Put a question to the caller, from any thread. Cancelling the future takes it back."""
        reply: Future[Reply] = Future()
        crossing_to(loop).post(self._asked, call_id, inquiry, reply)
        return reply

    def _asked(self, call_id: str, inquiry: Inquiry, reply: Future[Reply]) -> None:
        scene = self._scene
        name = "" if self._over else scene.conversation.inquire(call_id, inquiry, scene.now)
        if not name:
            _settle(reply, Reply(ReplyKind.CANCELLED))
            return
        self._replies[name] = reply
        scene.carry_out()
        post = crossing_to(asyncio.get_running_loop()).post
        reply.add_done_callback(lambda reply: post(self._taken_back, name) if reply.cancelled() else None)

    def _taken_back(self, name: str) -> None:
        self._scene.conversation.withdraw(name, self._scene.now)
        self._scene.carry_out()

    # --- to the model ---------------------------------------------------------------------------------

    def put(self, question: PutQuestion | None) -> None:
        """The model has the tools to answer this question, or none, from now on."""
        self._current = question
        self._offers = _offers(question.inquiry) if question else {}
        self._scene.refresh_tools()

    def offered(self, persona: Persona) -> Persona:
        """The persona with the tools to answer what is being asked."""
        if not self._offers:
            return persona
        offers = [function_tool(name, tool) for name, tool in self._offers.items()]
        return replace(persona, function_tools=[*persona.function_tools, *offers])

    # --- from the caller ------------------------------------------------------------------------------

    def is_about(self, wire_name: str) -> bool:
        """Whether this is one of the tools for answering: also when nothing is asked any more."""
        return wire_name in (ANSWER, DECLINE)

    def called(self, call: StartCall) -> Outcome:
        """What a function call of one of them comes to."""
        question, now = self._current, self._scene.now
        conversation = self._scene.conversation
        if question is None:
            return Outcome(OutcomeKind.ERROR, message="Nothing is asked any more.")
        if call.name == DECLINE:
            conversation.decline(question.id, now)
            return Outcome(OutcomeKind.VALUE, f"{question.title} is told that the caller does not answer.")
        try:
            values = self._reader.read(self._offers[ANSWER], call.arguments)
        except ToolError as error:
            return Outcome(OutcomeKind.ERROR, message=f"{error} Ask the caller again if need be.")
        if not conversation.accept(question.id, values, now):
            message = f"The caller has not answered yet. Ask them: {question.inquiry.message}"
            return Outcome(OutcomeKind.DENIED, message=message)
        told = f"{question.title} goes on with that; its result comes by itself."
        return Outcome(OutcomeKind.VALUE, told)

    def answered(self, name: str, values: Arguments | None) -> bool:
        """The caller has answered on a screen; None is a no. False if that is not asked (any more). Raises
        `ToolError`, with the corrections, for values that do not fit."""
        question, now = self._current, self._scene.now
        if question is None or question.id != name:
            return False
        conversation = self._scene.conversation
        if values is None:
            return conversation.decline(name, now)
        fitting = self._reader.read(self._offers[ANSWER], json.dumps(dict(values)))
        return conversation.accept(name, fitting, now, by_button=True)

    # --- the end --------------------------------------------------------------------------------------

    def settle(self, replied: Replied) -> None:
        """The tool that asked is told what became of its question."""
        if reply := self._replies.pop(replied.question_id, None):
            _settle(reply, replied.reply)

    def abandon(self) -> None:
        """The session is over: nobody can be asked any more."""
        self._over = True
        while self._replies:
            _settle(self._replies.popitem()[1], Reply(ReplyKind.CANCELLED))


def _settle(future: Future[Reply], reply: Reply) -> None:
    if future.set_running_or_notify_cancel():
        future.set_result(reply)


def _offers(inquiry: Inquiry) -> dict[str, Tool]:
    """The model's tools while it is asked, by wire name. They are never dispatched."""
    parameters = NOTHING_TO_FILL_IN if inquiry.url else inquiry.schema
    about = "Pass on the caller's answer to what they were asked" + (": they agree." if inquiry.url else ".")
    declining = "The caller does not want to answer what they were asked, or does not agree."
    return {
        ANSWER: _offer(ANSWER, about, parameters),
        DECLINE: _offer(DECLINE, declining, NOTHING_TO_FILL_IN),
    }


def _offer(name: str, description: str, parameters: Mapping[str, Json]) -> Tool:
    return Tool(name, description, parameters, _never, LOOP, "jackfield")


def _never(arguments: Arguments, context: ToolContext) -> Json:
    raise AssertionError("answered by the session")
