"""What somebody new is told of a conversation, and what is taken out of it when it grows too long."""

from hypothesis import given
from hypothesis import strategies as st

from jackfield.conversation.history import SUMMARY_ID, UNHEARD, History
from jackfield.protocol.client_events import CallItem, CallOutput, ClientEvent, Message
from jackfield.protocol.server_events import (
    CallerTranscribed,
    Item,
    ItemAdded,
    ItemDone,
    PlaybackStopped,
    TranscriptDelta,
    TranscriptDone,
)


def told(*events: object) -> History:
    history = History()
    for event in events:
        history.take(event)  # type: ignore[arg-type]
    return history


def words(events: list[ClientEvent]) -> list[tuple[str, str]]:
    return [(each.role, each.text) for each in events if isinstance(each, Message)]


def call(number: int, output: bool = True) -> list[object]:
    name = f"call_{number}"
    made = ItemDone(Item(f"f{number}", "function_call", "", "completed", name, "clock__now", "{}"), "resp")
    return [
        made,
        *([ItemAdded(Item(f"out_{name}", "function_call_output", "", "", name, text="noon"))] * output),
    ]


def said(number: int, role: str, text: str) -> list[object]:
    return [ItemAdded(Item(f"m{number}", "message", role, "completed", text=text))]


def test_a_transcript_that_comes_late_is_put_where_it_was_said() -> None:
    history = told(
        ItemAdded(Item("u1", "message", "user")),
        ItemAdded(Item("a1", "message", "assistant")),
        TranscriptDelta("a1", "At "),
        TranscriptDone("a1", "At nine."),
        CallerTranscribed("u1", "When do you open?"),
    )
    assert words(history.seed([])) == [("user", "When do you open?"), ("assistant", "At nine.")]


def test_what_nobody_wrote_down_is_said_to_be_so() -> None:
    assert words(told(ItemAdded(Item("u1", "message", "user"))).seed([])) == [("user", UNHEARD)]


def test_an_answer_that_the_caller_interrupted_is_marked() -> None:
    history = told(*said(1, "assistant", "Once upon a time"), PlaybackStopped("resp", cleared=True))
    assert words(history.seed([])) == [("assistant", "Once upon a time … (interrupted here)")]


def test_function_calls_are_told_with_their_outputs_and_those_at_work_without() -> None:
    history = told(*call(1), *call(2, output=False))
    assert history.seed(["call_2"]) == [
        CallItem("f1", "call_1", "clock__now", "{}"),
        CallOutput("call_1", "noon"),
        CallItem("f2", "call_2", "clock__now", "{}"),
    ]


def test_an_output_that_is_sent_again_anyway_is_not_told_twice() -> None:
    assert told(*call(1)).seed(["call_1"]) == [CallItem("f1", "call_1", "clock__now", "{}")]


def test_of_a_long_conversation_the_beginning_is_summarised() -> None:
    history = told(*(event for n in range(100) for event in said(n, "user", f"Number {n}. " + "more " * 60)))
    summary, *rest = words(history.seed([], budget=1_000))
    assert summary[0] == "system"
    assert "Number" in summary[1]
    assert rest[-1][1].startswith("Number 99.")
    assert len(rest) < 20
    assert sum(len(text) for _, text in [summary, *rest]) < 8_500


def test_our_own_summary_is_no_part_of_what_was_said() -> None:
    assert told(ItemAdded(Item(SUMMARY_ID, "message", "system", text="In short"))).seed([]) == []


KINDS = st.lists(st.sampled_from(["user", "assistant", "call", "pending"]), max_size=40)


@given(KINDS, st.floats(0.0, 1.0), st.integers(0, 400))
def test_what_is_told_makes_sense_whatever_was_taken_out(kinds: list[str], part: float, budget: int) -> None:
    events: list[object] = []
    pending = set()
    for number, kind in enumerate(kinds):
        if kind in ("call", "pending"):
            events += call(number, output=kind == "call")
        else:
            events += said(number, kind, f"Words {number}")
        pending |= {f"call_{number}"} if kind == "pending" else set()
    history = told(*events)
    taken = history.retire(part, pending)
    assert len(taken) == len(set(taken))
    seeds = history.seed(pending, budget)
    made = [each.call_id for each in seeds if isinstance(each, CallItem)]
    outputs = [each.call_id for each in seeds if isinstance(each, CallOutput)]
    assert set(outputs) <= set(made), "an output stands behind its function call"
    assert pending <= set(made), "a function call at work is never left out"
    assert len(made) == len(set(made))
    for output in outputs:
        place = [getattr(each, "call_id", "") for each in seeds]
        assert place.index(output) < len(place) - 1 - place[::-1].index(output)
