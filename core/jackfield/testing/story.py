"""What happened on a line, in words: what a failed test prints."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jackfield.notices import (
    AgentSaid,
    CallerSaid,
    CallFinished,
    CallReceived,
    ConfirmationAsked,
    HandedOff,
    Notice,
    ResponseFinished,
    SessionEnded,
    TransferWanted,
    Trouble,
)


class Heard:
    """Whether the agent has said something, and, for a test that fails, all that it has said."""

    def __init__(self, words: str, said: Sequence[str]) -> None:
        self._words = words
        self._said = said

    def __bool__(self) -> bool:
        return f" {plain(self._words)} " in f" {plain(' '.join(self._said))} "

    def __repr__(self) -> str:
        said = "\n".join(f"  {each}" for each in self._said) or "  (nothing)"
        return f"<{'heard' if self else 'did not hear'} {self._words!r}; the agent said:\n{said}>"


def plain(text: str) -> str:
    """Lower case, words alone: how two sentences are compared."""
    return " ".join(re.findall(r"[\w']+", text.lower()))


def told(notices: Sequence[Notice]) -> str:
    """One line for each thing that matters."""
    lines = [
        f"{notice.at:7.2f} s  {words}" for notice in notices if (words := _spoken(notice) or _done(notice))
    ]
    return "\n".join(lines) or "(nothing happened)"


def _spoken(notice: Notice) -> str:
    match notice:
        case CallerSaid(_, _, text):
            return f"caller  {text}"
        case AgentSaid(_, _, text):
            return f"agent   {text}"
        case ResponseFinished(_, _, "failed", reason):
            return f"failed  a response: {reason}"
        case Trouble(_, message):
            return f"trouble {message}"
        case SessionEnded(_, reason):
            return f"ended   {reason}"
    return ""


def _done(notice: Notice) -> str:
    match notice:
        case CallReceived(_, _, tool, arguments):
            return f"call    {tool} {arguments}"
        case CallFinished(_, _, tool, outcome, output):
            return f"result  {tool} ({outcome.value}): {output}"
        case ConfirmationAsked(_, _, tool, arguments):
            return f"asked   whether {tool} may run with {arguments}"
        case HandedOff(_, before, after):
            return f"handed  from {before} to {after}"
        case TransferWanted(_, to, address):
            return f"passed  on to {to}, {address}"
    return ""
