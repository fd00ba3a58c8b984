"""A session's notices as lines for a terminal. Pure: notices in, text out."""

from __future__ import annotations

import json

from jackfield.notices import (
    AgentSaid,
    AgentStoppedSpeaking,
    CallerSaid,
    CallFinished,
    CallProgressed,
    CallReceived,
    CallStarted,
    HandedOff,
    Notice,
    SessionEnded,
    Trouble,
)

WIDEST_OUTPUT = 100


class Transcript:
    """Who said what, and which tools ran, as it becomes known. Each notice gives a line or none."""

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def line(self, notice: Notice) -> str | None:
        """The line for one notice, without a line end; None for what a reader need not see."""
        text = self._words(notice)
        return None if text is None else f"{notice.at:6.1f}s  {text}"

    def _words(self, notice: Notice) -> str | None:
        match notice:
            case CallerSaid(text=text):
                return f"{'caller':<14}{text or '(not understood)'}"
            case AgentSaid(text=text):
                return f"{self._agent:<14}{text}"
            case AgentStoppedSpeaking(interrupted=True):
                return f"{self._agent:<14}(interrupted)"
            case HandedOff(from_agent=before, to_agent=after):
                self._agent = after
                return f"{'':<14}{before} hands over to {after}"
            case Trouble(message=message):
                return f"{'':<14}! {message}"
            case SessionEnded(reason=reason):
                return f"{'':<14}{reason}"
            case _:
                return _call(notice)


def _call(notice: Notice) -> str | None:
    match notice:
        case CallReceived(tool=tool):
            return f"{'':<14}> {tool} asked for"
        case CallStarted(tool=tool, arguments=arguments):
            given = ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
            return f"{'':<14}> {tool}({given}) runs"
        case CallProgressed(tool=tool, text=text):
            return f"{'':<14}. {tool}: {text}"
        case CallFinished(tool=tool, outcome=outcome, output=output, seconds=seconds):
            return f"{'':<14}< {tool} {outcome.value} after {seconds:.2f}s: {_short(output)}"
        case _:
            return None


def _short(output: str) -> str:
    one_line = " ".join(output.split())
    return one_line if len(one_line) <= WIDEST_OUTPUT else f"{one_line[: WIDEST_OUTPUT - 1]}…"
