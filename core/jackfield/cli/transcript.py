"""A session's notices as lines for a terminal. Pure: notices in, text out."""

from __future__ import annotations

import json

from jackfield import notices
from jackfield.calls import Arguments
from jackfield.conversation.notices import (
    ConversationShortened,
    KeyPressed,
    LineChanged,
    LineWanted,
    SessionDiffers,
)
from jackfield.mcp.notices import McpServerChanged
from jackfield.notices import AgentSaid, AgentStoppedSpeaking, CallerSaid, HandedOff, Notice

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
            case HandedOff(to_agent=after):
                self._agent = after
        event = _line(notice) or _behind_it(notice) or _call(notice) or _consent(notice)
        return None if event is None else f"{'':<14}{event}"


def _line(notice: Notice) -> str | None:
    """What happens to the line, and to what all calls share."""
    match notice:
        case notices.HandedOff(from_agent=before, to_agent=after):
            return f"{before} hands over to {after}"
        case notices.TransferWanted(to=to, address=address):
            return f"the caller is passed on to {to} ({address})"
        case LineWanted(reason=reason):
            return f"! a new line is wanted: {reason}"
        case LineChanged(number=number, provider=provider):
            return f"the session goes on over line {number}, at {provider}"
        case notices.ToolsChanged(tools=tools):
            return f"the tools are now: {', '.join(tools) or 'none'}"
        case notices.ToolBlocked(tool=tool, where=where, seconds=seconds):
            return f"! {tool} blocks its event loop, for {seconds:.2f}s now, in {where}"
        case notices.ToolIsolated(tool=tool):
            return f"! {tool} has blocked too often: from now on each of its calls has a loop of its own"
        case notices.Trouble(message=message):
            return f"! {message}"
        case notices.SessionEnded(reason=reason):
            return reason
    return None


def _behind_it(notice: Notice) -> str | None:
    """What happens at the service, at MCP servers and at the caller's phone."""
    match notice:
        case McpServerChanged(server=server, state=state, reason=reason):
            return f"the MCP server {server} is {state}{f': {_short(reason)}' if reason else ''}"
        case ConversationShortened(items=items, tokens=tokens):
            return f"the model's memory was nearly full ({tokens} tokens): {items} items became a summary"
        case KeyPressed(key=key):
            return f"the caller presses {key}"
        case SessionDiffers(field=field, asked=asked, given=given):
            return f"! the service has {given} as {field}, where {asked} was asked for"
    return None


def _call(notice: Notice) -> str | None:
    """What becomes of a function call."""
    match notice:
        case notices.CallReceived(tool=tool):
            return f"> {tool} asked for"
        case notices.CallStarted(tool=tool, arguments=arguments):
            return f"> {tool}({_given(arguments)}) runs"
        case notices.CallProgressed(tool=tool, text=text):
            return f". {tool}: {text}"
        case notices.CallJoined(tool=tool, other=other):
            return f". {tool} runs already, for {other}: its result is this one's, too"
        case notices.CallRetried(tool=tool, attempt=attempt, pause=pause, reason=reason):
            return f". {tool} failed ({reason}); attempt {attempt} follows in {pause:.1f}s"
        case notices.CallFinished(tool=tool, outcome=outcome, output=output, seconds=seconds):
            return f"< {tool} {outcome.value} after {seconds:.2f}s: {_short(output)}"
    return None


def _consent(notice: Notice) -> str | None:
    """What the caller is asked on behalf of a tool."""
    match notice:
        case notices.ConfirmationAsked(tool=tool, arguments=arguments):
            return f"? {tool} waits for the caller's yes: {_short(arguments)}"
        case notices.ConfirmationSettled(tool=tool, answer=answer):
            return f"? {tool}: {answer}"
        case notices.QuestionAsked(tool=tool, text=text, url=url):
            return f"? {tool} asks: {_short(text)}{f' ({url})' if url else ''}"
        case notices.QuestionAnswered(tool=tool, answer=answer):
            return f"? {tool}: {answer}"
    return None


def _given(arguments: Arguments) -> str:
    return ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())


def _short(output: str) -> str:
    one_line = " ".join(output.split())
    return one_line if len(one_line) <= WIDEST_OUTPUT else f"{one_line[: WIDEST_OUTPUT - 1]}…"
