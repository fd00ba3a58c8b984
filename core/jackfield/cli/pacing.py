"""When a polite caller goes on: after the greeting, and after each answer."""

from __future__ import annotations

import asyncio

from jackfield.notices import (
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerStoppedSpeaking,
    CallFinished,
    CallHeard,
    CallReceived,
    Notice,
    ResponseFinished,
    ResponseStarted,
)

SETTLED = 0.8
"""Seconds of quiet after which the agent has said what it had to say."""

PATIENT = 3.0
"""Seconds of quiet after which a caller speaks, though the agent has not said a word yet."""


class Pacing:
    """Follows a session's notices on its event loop.

    `quiet`: nobody has said anything for a while. `may_go_on`: the question has been answered, or a tool
    is at work on it and the line is quiet. `answered`: answered, and no tool is at work any more.
    """

    def __init__(self) -> None:
        self.quiet = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.answered = asyncio.Event()
        self._busy: set[str] = set()
        self._working: set[str] = set()
        self._turn_over = False
        self._spoke = False
        self._alarm: asyncio.TimerHandle | None = None
        self._wait_for(PATIENT)

    def ask(self) -> None:
        """A question goes out now."""
        for event in (self.quiet, self.may_go_on, self.answered):
            event.clear()
        self._turn_over = self._spoke = False

    def receive(self, notice: Notice) -> None:
        """Take in one notice."""
        match notice:
            case CallerStoppedSpeaking():
                self._turn_over = True
            case ResponseStarted(response_id=response_id):
                self._busy.add(response_id)
            case AgentStartedSpeaking(response_id=response_id):
                self._busy.add(f"sound of {response_id}")
                self._spoke = True
            case ResponseFinished(response_id=response_id):
                self._busy.discard(response_id)
            case AgentStoppedSpeaking(response_id=response_id):
                self._busy.discard(f"sound of {response_id}")
            case CallReceived(call_id=call_id):
                self._working.add(call_id)
            case CallHeard(call_id=call_id):
                self._working.discard(call_id)
            case CallFinished():
                pass
            case _:
                return
        self._wait_for(SETTLED if self._spoke else PATIENT)

    def _wait_for(self, seconds: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._settled)

    def _settled(self) -> None:
        if self._busy:
            return
        self.quiet.set()
        if self._turn_over:
            self.may_go_on.set()
        if self._turn_over and self._spoke and not self._working:
            self.answered.set()
