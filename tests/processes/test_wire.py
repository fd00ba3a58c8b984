"""Messages between processes."""

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.processes.wire import MOST_PAYLOAD, Decoder, Message, Wire, WireError, encode

MESSAGES = st.lists(
    st.builds(
        Message,
        st.text(min_size=1, max_size=20),
        st.dictionaries(st.text(max_size=5).filter(lambda name: name != "kind"), st.integers() | st.text()),
        st.binary(max_size=2000),
    ),
    max_size=5,
)


@given(MESSAGES, st.integers(1, 700))
def test_messages_come_out_as_they_went_in_however_they_are_cut(messages: list[Message], size: int) -> None:
    stream = b"".join(map(encode, messages))
    decoder = Decoder()
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [message for piece in pieces for message in decoder.feed(piece)] == messages


@given(st.binary(max_size=200))
def test_bytes_that_are_no_messages_raise_a_wire_error_or_wait_for_more(data: bytes) -> None:
    with contextlib.suppress(WireError):
        list(Decoder().feed(data))


def test_a_message_that_is_too_large_is_refused_where_it_is_made() -> None:
    with pytest.raises(WireError, match="too many"):
        encode(Message("play", {}, bytes(MOST_PAYLOAD + 1)))


def test_a_field_of_another_type_is_a_wire_error() -> None:
    with pytest.raises(WireError, match="not text"):
        Message("play", {"name": 3}).text("name")
    with pytest.raises(WireError, match="whole number"):
        Message("play").number("last")


async def test_the_end_of_one_side_is_none_at_the_other_after_all_that_was_sent() -> None:
    left, right = socket.socketpair()
    one, other = await Wire.over(left), await Wire.over(right)
    one.send("play", b"sound", name="a")
    one.close()
    assert await other.receive() == Message("play", {"name": "a"}, b"sound")
    assert await other.receive() is None
    other.send("play")  # to nobody: no error
    other.close()


async def test_garbage_is_the_end_of_the_other_side() -> None:
    left, right = socket.socketpair()
    wire = await Wire.over(left)
    right.sendall(b"\xff" * 64)
    assert await wire.receive() is None
    wire.close()
    right.close()
