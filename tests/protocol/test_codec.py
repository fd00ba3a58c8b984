"""Events as they are written by services that are not quite right."""

import json

import pytest

from jackfield.protocol.codec import arguments_of, decode, may_call
from jackfield.protocol.server_events import CallerTranscribed, Item, ItemDone, Unknown

CALL = {
    "type": "function_call",
    "id": "item_1",
    "status": "completed",
    "call_id": "call_1",
    "name": "clock__now",
    "arguments": '{"city": "Lima"}',
}
DEEP = "[" * 300 + "]" * 300


def heard(text: str) -> str:
    """The event that says so, with the text as it is written in JSON."""
    name = "conversation.item.input_audio_transcription.completed"
    return f'{{"type": "{name}", "item_id": "item_1", "transcript": {text}}}'


def test_half_a_character_spoils_no_event() -> None:
    assert decode(heard(r'"Gr\ud800ße"')) == CallerTranscribed("item_1", "Gr\ud800ße")
    assert arguments_of(r'{"city": "\ud83d"}') == {"city": "\ud83d"}


def test_what_is_nested_too_deep_for_the_fast_reader_is_read_by_the_other() -> None:
    event = decode(f'{{"type": "response.output_item.done", "item": {json.dumps(CALL)}, "more": {DEEP}}}')
    assert isinstance(event, ItemDone)
    assert event.item.arguments == '{"city": "Lima"}'


def test_what_is_nested_beyond_all_measure_is_unknown() -> None:
    assert decode("[" * 200_000) == Unknown("")
    assert arguments_of("[" * 200_000) == {}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_spoils_no_event(value: str) -> None:
    event = decode(f'{{"type": "response.output_item.done", "item": {json.dumps(CALL)}, "odd": {value}}}')
    assert isinstance(event, ItemDone)


@pytest.mark.parametrize("value", ["7", "null", "true", '["a"]', '{"a": 1}'])
def test_a_field_of_another_type_than_it_should_have_counts_as_not_said(value: str) -> None:
    item = f'{{"id": {value}}}'
    event = decode(f'{{"type": "response.output_item.done", "response_id": {value}, "item": {item}}}')
    assert event == ItemDone(Item("", ""), "")


@pytest.mark.parametrize("raw", ["", "{", "{} {}", "[]", "7", "null", '{"type": 7}', "\ufeff{}", b"\xff{}"])
def test_what_is_no_event_is_unknown(raw: str | bytes) -> None:
    assert decode(raw) == Unknown("")


def test_a_function_call_is_seen_before_it_is_read() -> None:
    assert may_call(json.dumps({"type": "response.output_item.done", "item": CALL}))
    assert not may_call(json.dumps({"type": "response.done", "response": {"output": [CALL]}}))
