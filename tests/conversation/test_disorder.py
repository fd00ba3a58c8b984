"""Promise 8: whatever the service sends, in whatever order, nothing raises and no call gets stuck."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.protocol.codec import _READERS, decode
from tests.conversation.line import Line

IDS = st.sampled_from(["a", "b", "c", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.fixed_dictionaries(
    {"type": st.sampled_from(["function_call", "function_call_output", "message"])},
    optional={
        "id": IDS,
        "call_id": IDS,
        "name": IDS | ANYTHING,
        "status": st.sampled_from(["completed", "incomplete", "in_progress"]) | ANYTHING,
        "arguments": st.text(max_size=8) | ANYTHING,
        "content": ANYTHING,
    },
)
RESPONSES = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "status": st.sampled_from(["completed", "cancelled", "failed", "incomplete"]) | ANYTHING,
        "conversation_id": st.none() | IDS,
        "output": st.lists(ITEMS, max_size=2) | ANYTHING,
        "status_details": ANYTHING,
        "metadata": ANYTHING,
    },
)
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from([*_READERS, "response.something.new"]) | ANYTHING},
    optional={
        "item": ITEMS | ANYTHING,
        "response": RESPONSES | ANYTHING,
        "response_id": IDS | ANYTHING,
        "item_id": IDS,
        "session": ANYTHING,
        "error": st.dictionaries(st.sampled_from(["code", "message", "event_id"]), IDS | ANYTHING),
    },
)


class Unchecked(Line):
    """Such a service contradicts itself: there is no saying who holds the floor."""

    def check_the_floor(self) -> None:
        pass


@given(st.lists(EVENTS, max_size=60), st.lists(st.floats(0, 10), min_size=60, max_size=60))
@settings(max_examples=200, deadline=None)
def test_events_in_any_order_neither_raise_nor_leave_a_call_unanswered(
    events: list[dict[str, object]], pauses: list[float]
) -> None:
    line = Unchecked()
    for event, pause in zip(events, pauses, strict=False):
        line.conversation.receive(decode(json.dumps(event)), line.now)
        line.carry_out()
        line.wait(pause)
    line.wait(60)
    if not line.closed:
        answered = [each for each in line.outputs_sent if each in line.started]
        assert sorted(answered) == sorted(line.started)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_an_event_of_some_kind(raw: str) -> None:
    assert decode(raw) is not None


@given(st.binary())
def test_any_bytes_are_an_event_of_some_kind(raw: bytes) -> None:
    assert decode(raw) is not None
