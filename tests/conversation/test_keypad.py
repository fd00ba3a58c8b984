"""Keys of the caller's phone: what the model is told of them, and when."""

import pytest

from jackfield.conversation.keypad import MOST_KEYS, PAUSE
from jackfield.conversation.notices import KeyPressed, KeysEntered
from tests.conversation.line import Line, Tools


def a_line() -> Line:
    return Line(Tools({}))


def press(line: Line, *keys: str) -> None:
    for key in keys:
        event = {"type": "input_audio_buffer.dtmf_event_received", "event": key, "received_at": 1}
        line.service.outbox.append(event)
    line.settle_wires()


def told(line: Line) -> list[str]:
    """What the model was told in the caller's place."""
    items = [each for each in line.service.items if each.get("role") == "user"]
    return [str(each["content"][0]["text"]) for each in items]  # type: ignore[index]


def test_keys_are_told_together_when_the_last_one_was_pressed() -> None:
    line = a_line()
    press(line, *"104")
    line.wait(PAUSE - 0.1)
    press(line, *"2")
    assert told(line) == []
    press(line, *"#7#")
    line.settle_wires()
    assert told(line) == ["(The caller pressed 1042# on the phone.)", "(The caller pressed 7# on the phone.)"]
    assert [each.key for each in line.notices if isinstance(each, KeyPressed)] == list("1042#7#")
    assert [each.keys for each in line.notices if isinstance(each, KeysEntered)] == ["1042#", "7#"]
    assert len(line.service.requests) == 2


def test_a_pause_ends_them_too_and_they_count_as_a_turn_of_the_caller() -> None:
    line = a_line()
    press(line, *"10")
    line.wait(PAUSE)
    line.settle_wires()
    assert told(line) == ["(The caller pressed 10 on the phone.)"]
    assert line.conversation.turns == 1
    assert len(line.service.requests) == 1


def test_keys_are_answered_when_the_agent_has_finished() -> None:
    line = a_line()
    line.service.begin()
    while line.service.outbox:
        line.deliver()
    line.service.outbox.append({"type": "input_audio_buffer.dtmf_event_received", "event": "#"})
    line.deliver()
    line.service.read_one()
    while line.service.outbox:
        line.deliver()
    assert told(line) and not line.service.requests
    line.settle()
    assert len(line.service.requests) == 1


@pytest.mark.parametrize("key", ["", "12", "E", "a", None, 1])
def test_what_is_no_key_is_let_pass(key: object) -> None:
    line = a_line()
    press(line, key)  # type: ignore[arg-type]
    line.wait(2 * PAUSE)
    assert told(line) == [] and not line.notices


def test_somebody_who_leans_on_a_key_fills_no_memory() -> None:
    line = a_line()
    press(line, *"1" * (3 * MOST_KEYS))
    assert [len(each.keys) for each in line.notices if isinstance(each, KeysEntered)] == [MOST_KEYS] * 3
