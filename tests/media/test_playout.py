"""What is queued, said and cut off, to the sample."""

from hypothesis import given
from hypothesis import strategies as st

from jackfield.media.playout import MOST_QUEUED, Finished, Playout, PlayoutEvent, Started
from jackfield.media.sound import FRAME_BYTES

MS = 48  # bytes


def drain(playout: Playout) -> tuple[bytes, list[PlayoutEvent]]:
    sound, events = b"", []
    while playout.queued:
        frame, happened = playout.take()
        sound += frame
        events += happened
    return sound, events


@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=3000)), max_size=20))
def test_everything_queued_leaves_in_order_and_without_a_gap(pieces: list[tuple[str, bytes]]) -> None:
    playout = Playout()
    for item, pcm in pieces:
        assert playout.play(item, pcm)
    sound, _ = drain(playout)
    expected = b"".join(pcm[: len(pcm) & ~1] for _, pcm in pieces)
    assert sound[: len(expected)] == expected
    assert not sound[len(expected) :].strip(b"\0")
    assert len(sound) - len(expected) < FRAME_BYTES


@given(st.lists(st.tuples(st.sampled_from(["play", "finish", "flush", "take"]), st.sampled_from("abc"))))
def test_each_item_begins_once_and_ends_once_whatever_is_asked(steps: list[tuple[str, str]]) -> None:
    playout = Playout()
    events: list[PlayoutEvent] = []
    for step, item in steps:
        if step == "play":
            playout.play(item, bytes(1500))
        elif step == "finish":
            events += playout.finish(item)
        elif step == "flush":
            events += playout.flush()
        else:
            events += playout.take()[1]
    events += playout.flush()
    for item in "abc":
        own = [event for event in events if event.item_id == item]
        assert [type(event) for event in own] in ([], [Finished], [Started, Finished])
    assert playout.queued == 0


def test_silence_when_there_is_nothing_to_say() -> None:
    assert Playout().take() == (bytes(FRAME_BYTES), [])


def test_an_item_is_finished_with_its_last_sample_not_before() -> None:
    playout = Playout()
    playout.play("a", bytes(50 * MS))
    assert playout.finish("a") == []
    assert playout.take()[1] == [Started("a")]
    assert playout.take()[1] == []
    assert playout.take()[1] == [Finished("a", 50, cut=False)]


def test_sound_that_pauses_is_not_finished_until_it_is_said_so() -> None:
    playout = Playout()
    playout.play("a", bytes(20 * MS))
    assert drain(playout)[1] == [Started("a")]
    assert playout.take()[1] == []
    playout.play("a", bytes(20 * MS))
    assert drain(playout)[1] == []
    assert playout.finish("a") == [Finished("a", 40, cut=False)]


def test_a_flush_tells_what_was_heard_of_each_item() -> None:
    playout = Playout()
    playout.play("a", bytes(100 * MS))
    playout.play("b", bytes(100 * MS))
    playout.take()
    playout.take()
    assert playout.flush() == [Finished("a", 40, cut=True), Finished("b", 0, cut=True)]
    assert playout.take() == (bytes(FRAME_BYTES), [])


def test_what_still_comes_of_an_item_that_was_cut_off_is_dropped() -> None:
    playout = Playout()
    playout.play("a", bytes(100 * MS))
    playout.flush()
    assert not playout.play("a", bytes(100 * MS))
    assert playout.finish("a") == []
    assert playout.queued == 0


def test_an_item_without_sound_is_finished_at_once() -> None:
    assert Playout().finish("a") == [Finished("a", 0, cut=False)]


def test_more_than_ten_minutes_are_refused() -> None:
    playout = Playout()
    assert playout.play("a", bytes(MOST_QUEUED))
    assert not playout.play("b", bytes(2))
    assert playout.queued == MOST_QUEUED
