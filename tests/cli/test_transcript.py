"""What somebody at the terminal sees of a session."""

import pytest

from jackfield import notices
from jackfield.calls import OutcomeKind
from jackfield.cli.transcript import WIDEST_OUTPUT, Transcript
from jackfield.conversation.notices import (
    ConversationShortened,
    KeyPressed,
    LineChanged,
    LineWanted,
)
from jackfield.mcp.notices import McpServerChanged

AT = 2.0
SEEN = [
    (McpServerChanged(AT, "tickets", "ready", ""), "the MCP server tickets is ready"),
    (McpServerChanged(AT, "tickets", "waiting", "it ended"), "the MCP server tickets is waiting: it ended"),
    (
        ConversationShortened(AT, 12, 24_000),
        "the model's memory was nearly full (24000 tokens): 12 items became a summary",
    ),
    (KeyPressed(AT, "5"), "the caller presses 5"),
    (notices.CallReceived(AT, "c1", "tickets.close", "{}"), "> tickets.close asked for"),
    (notices.CallStarted(AT, "c1", "tickets.close", {"number": 7}), "> tickets.close(number=7) runs"),
    (notices.CallProgressed(AT, "c1", "tickets.close", "nearly"), ". tickets.close: nearly"),
    (
        notices.CallJoined(AT, "c2", "tickets.close", "c1"),
        ". tickets.close runs already, for c1: its result is this one's, too",
    ),
    (
        notices.CallRetried(AT, "c1", "tickets.close", 2, 0.42, "ConnectionError"),
        ". tickets.close failed (ConnectionError); attempt 2 follows in 0.4s",
    ),
    (
        notices.CallFinished(AT, "c1", "tickets.close", OutcomeKind.VALUE, "Done\nand gone.", 1.5),
        f"< tickets.close {OutcomeKind.VALUE.value} after 1.50s: Done and gone.",
    ),
    (
        notices.ConfirmationAsked(AT, "c1", "tickets.close", '{"number": 7}'),
        '? tickets.close waits for the caller\'s yes: {"number": 7}',
    ),
    (notices.ConfirmationSettled(AT, "c1", "tickets.close", "refused"), "? tickets.close: refused"),
    (
        notices.QuestionAsked(AT, "q1", "c1", "tickets.close", "Why?", {}, "https://shop.example/why"),
        "? tickets.close asks: Why? (https://shop.example/why)",
    ),
    (notices.QuestionAnswered(AT, "q1", "c1", "tickets.close", "declined"), "? tickets.close: declined"),
    (
        notices.ToolBlocked(AT, "clock.now", "clock", "clock.py:31 in now", 0.104),
        "! clock.now blocks its event loop, for 0.10s now, in clock.py:31 in now",
    ),
    (
        notices.ToolIsolated(AT, "clock.now", "clock"),
        "! clock.now has blocked too often: from now on each of its calls has a loop of its own",
    ),
    (notices.TransferWanted(AT, "desk", "tel:+44"), "the caller is passed on to desk (tel:+44)"),
    (LineWanted(AT, "it ends soon", broken=False), "! a new line is wanted: it ends soon"),
    (LineChanged(AT, 2, "azure", "it ends soon"), "the session goes on over line 2, at azure"),
    (notices.ToolsChanged(AT, ["clock.now"]), "the tools are now: clock.now"),
    (notices.ToolsChanged(AT, []), "the tools are now: none"),
    (notices.Trouble(AT, "It rains."), "! It rains."),
    (notices.SessionEnded(AT, "hung up", failed=False), "hung up"),
]


@pytest.mark.parametrize(("notice", "words"), SEEN, ids=lambda value: type(value).__name__)
def test_whoever_is_at_the_terminal_sees_what_happens(notice: notices.Notice, words: str) -> None:
    assert Transcript("receptionist").line(notice) == f"   2.0s  {'':<14}{words}"


def test_what_is_said_stands_beside_the_name_of_who_has_the_line() -> None:
    transcript = Transcript("receptionist")
    told = [
        notices.CallerSaid(AT, "i1", "Hello?"),
        notices.CallerSaid(AT, "i2", ""),
        notices.AgentSaid(AT, "i3", "Hello."),
        notices.HandedOff(AT, "receptionist", "workshop"),
        notices.AgentStoppedSpeaking(AT, "r1", interrupted=True),
    ]
    assert [(transcript.line(notice) or "")[9:] for notice in told] == [
        "caller        Hello?",
        "caller        (not understood)",
        "receptionist  Hello.",
        "              receptionist hands over to workshop",
        "workshop      (interrupted)",
    ]


def test_what_a_reader_need_not_see_gives_no_line() -> None:
    transcript = Transcript("receptionist")
    assert transcript.line(notices.AgentStoppedSpeaking(AT, "r1", interrupted=False)) is None
    assert transcript.line(notices.AgentSaying(AT, "i1", "He")) is None
    assert transcript.line(notices.CallHeard(AT, "c1", "r1")) is None


def test_a_long_output_is_one_line_of_a_terminal() -> None:
    line = Transcript("desk").line(notices.CallFinished(AT, "c1", "t", OutcomeKind.VALUE, "word " * 500, 1.0))
    assert line is not None
    assert line.endswith("…")
    assert len(line) < WIDEST_OUTPUT + 60
