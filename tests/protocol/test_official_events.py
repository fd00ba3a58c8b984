"""What we read and what we say, held against the official client's own models of the wire."""

import dataclasses
import json
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from jackfield.calls import Image
from jackfield.protocol import client_events
from jackfield.protocol.client_events import (
    CallItem,
    CallOutput,
    ClientEvent,
    Control,
    ItemDelete,
    ItemRetrieve,
    Message,
    ResponseCreate,
    SessionUpdate,
)
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import ServerEvent, Unknown
from tests.protocol.official import CLIENT_EVENT, CLIENT_EVENTS, SERVER_EVENTS, example, unknown_fields

HEARD = {name for name in SERVER_EVENTS if not isinstance(decode(json.dumps({"type": name})), Unknown)}

SAID: list[ClientEvent] = [
    SessionUpdate({"instructions": "Answer."}),
    SessionUpdate({"tools": [], "tool_choice": "auto"}, event_id="event_1"),
    CallOutput("call_1", "ready"),
    CallItem("item_1", "call_1", "clock__now", '{"city": "Lima"}'),
    Message("item_1", "user", "hello"),
    Message("item_2", "system", "The caller is a friend."),
    Message("item_3", "assistant", "Good morning."),
    Message("item_5", "system", "In short: nothing.", previous_id="root"),
    ItemDelete("item_1", event_id="event_3"),
    ItemRetrieve("item_1"),
    *(Control(kind) for kind in get_args(get_type_hints(Control)["kind"])),
    Message("item_4", "user", "look", images=[Image(b"\x89PNG", "image/png")]),
    ResponseCreate("event_1"),
    ResponseCreate("event_2", instructions="Say that you are still looking.", tool_choice="none"),
]

NOT_ON_THE_WIRE = {
    "conversation.item.done": {"response_id"},  # `response.output_item.done` has it
    "response.created": {"request_id"},  # under our own key, in metadata of a request of ours
}


def texts(event: ServerEvent) -> Iterator[tuple[str, str]]:
    """The texts in an event of ours, by name."""
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str):
            yield field.name, value


@pytest.mark.parametrize("name", SERVER_EVENTS)
@pytest.mark.parametrize("full", [True, False], ids=["all fields", "required fields"])
def test_every_event_of_the_official_client_is_read_or_passed_over_by_name(name: str, full: bool) -> None:
    event = decode(json.dumps(example(SERVER_EVENTS[name], full=full)))
    if name in HEARD:
        assert not isinstance(event, Unknown)
    else:
        assert event == Unknown(name)


@pytest.mark.parametrize("name", sorted(HEARD & SERVER_EVENTS.keys()))
def test_each_text_that_is_read_is_one_that_the_wire_carries(name: str) -> None:
    wire = example(SERVER_EVENTS[name], full=True)
    event = decode(json.dumps(wire))
    assert not [field for field, text in texts(event) if text and json.dumps(text) not in json.dumps(wire)]
    assert {field for field, text in texts(event) if not text} <= NOT_ON_THE_WIRE.get(name, set())


@pytest.mark.parametrize("event", SAID, ids=lambda event: type(event).__name__)
def test_what_we_say_is_what_the_official_client_would_send(event: ClientEvent) -> None:
    wire = event.as_dict()
    official = CLIENT_EVENT.validate_python(wire)
    assert official.to_dict(mode="json") == wire
    assert list(unknown_fields(official)) == []


def test_all_that_we_ever_say_is_held_against_the_official_client() -> None:
    assert {type(event) for event in SAID} == set(get_args(client_events.ClientEvent))
    assert {event.as_dict()["type"] for event in SAID} <= CLIENT_EVENTS.keys()
