"""A caller who falls silent, a call that has lasted long enough, a page that is not heard of any more."""

import pytest

from jackfield.calls import CallPolicy
from jackfield.conversation.presence import MISSED_AFTER, Attention, Course, Rules
from tests.conversation.line import Line, Tools

IDLE = Rules(ask_after=20.0, hang_up_after=10.0, question="Hello?", goodbye="Bye.")
LONG = Rules(longest=600.0, warning="Soon.", farewell="Over.")


def a_line(rules: Rules) -> Line:
    line = Line(Tools({"slow": CallPolicy(announce_after=None, timeout=600.0)}))
    line.conversation.presence.rules = rules
    return line


def passes(line: Line, seconds: float) -> None:
    """Time passes, and the service answers at once."""
    for _ in range(round(seconds)):
        line.wait(1.0)
        line.settle_wires()


def asked(line: Line) -> list[str]:
    """What the agent was to say of its own accord, in order."""
    line.settle_wires()
    return [
        str(each["response"].get("instructions", "")).rpartition("\n")[2] for each in line.service.requests
    ]  # type: ignore[index]


def test_a_caller_who_is_silent_is_asked_once_and_then_hung_up_on() -> None:
    line = a_line(IDLE)
    line.wait(19.9)
    assert asked(line) == []
    line.wait(0.2)
    assert asked(line) == ['Say exactly: "Hello?"']
    line.wait(9.0)
    assert asked(line) == ['Say exactly: "Hello?"']
    line.wait(2.0)
    assert asked(line)[1:] == ['Say exactly: "Bye."']
    assert not line.closed
    line.wait(1.0)
    assert "silent" in line.closed


@pytest.mark.parametrize("voice", [True, False])
def test_a_caller_who_answers_is_there(voice: bool) -> None:
    line = a_line(IDLE)
    line.wait(20.5)
    assert len(asked(line)) == 1
    if voice:
        line.service.speech_starts()
        line.service.speech_stops()
    else:
        line.conversation.say("yes", line.now)
        line.carry_out()
    line.settle_wires()
    assert line.conversation.presence.attention is Attention.PRESENT
    passes(line, 19)
    assert not line.closed
    passes(line, 20)
    assert line.closed


def test_nobody_is_silent_who_waits_for_a_tool() -> None:
    line = a_line(IDLE)
    line.service.begin()
    line.service.call("call_1", "slow")
    line.service.end()
    line.settle_wires()
    line.wait(300.0)
    assert asked(line) == []
    line.finish("call_1")
    passes(line, 22)
    assert asked(line)[-1] == 'Say exactly: "Hello?"'


def test_a_call_is_ended_with_a_warning_and_a_farewell() -> None:
    line = a_line(LONG)
    line.wait(569.0)
    assert asked(line) == []
    line.wait(2.0)
    assert asked(line) == ['Say exactly: "Soon."']
    line.wait(30.0)
    assert asked(line)[1:] == ['Say exactly: "Over."']
    line.wait(1.0)
    assert "greatest length" in line.closed
    assert line.conversation.presence.course is Course.OVER


def test_a_farewell_that_is_never_said_ends_the_call_too() -> None:
    line = a_line(LONG)
    line.service.speech_starts()
    line.settle_wires()
    line.wait(620.0)
    assert "greatest length" in line.closed


def test_a_page_that_is_not_heard_of_any_more_is_gone() -> None:
    line = a_line(Rules())
    line.wait(1_000.0)
    assert not line.closed, "nobody promised to be heard of"
    line.conversation.presence.heartbeat(line.now)
    line.wait(MISSED_AFTER - 1)
    line.conversation.presence.heartbeat(line.now)
    line.wait(MISSED_AFTER - 1)
    assert not line.closed
    line.wait(2.0)
    assert "page" in line.closed


def test_a_line_that_cannot_be_renewed_is_left_with_a_goodbye() -> None:
    line = a_line(Rules(warning="Soon.", farewell="Over."))
    renewal = line.conversation.continuing.renewal
    line.conversation.presence.lands_at = renewal.last_moment
    renewal.ends(3600.0, 0.0)
    line.wait(3539.0)
    assert asked(line) == []
    line.wait(2.0)
    assert asked(line) == ['Say exactly: "Soon."']
    line.wait(30.0)
    assert asked(line)[1:] == ['Say exactly: "Over."']
    line.wait(1.0)
    assert "greatest length" in line.closed
