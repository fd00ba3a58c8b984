"""The jitter buffer, against every loss and disorder that Hypothesis can think of."""

from hypothesis import given
from hypothesis import strategies as st

from jackfield.media.jitter import DEPTH, FAR, STALE, JitterBuffer

FIRST = st.integers(0, 0xFFFF)


def deliver(numbers: list[int]) -> tuple[JitterBuffer[int], list[int]]:
    """Put packets in that are their own number; what came out, and the buffer."""
    buffer: JitterBuffer[int] = JitterBuffer()
    out = [packet for number in numbers if (packet := buffer.add(number & 0xFFFF, number)) is not None]
    return buffer, out


@st.composite
def lossy(draw: st.DrawFn) -> list[int]:
    """A stream from which packets are missing, at most as many in a row as a second holds."""
    number = draw(FIRST)
    steps = draw(st.lists(st.one_of(st.just(1), st.integers(1, 50)), max_size=200))
    return [number, *(number := number + step for step in steps)]


@st.composite
def disordered(draw: st.DrawFn) -> list[int]:
    """A stream in which no packet is overtaken by as many as the buffer can hold."""
    first = draw(FIRST)
    delays = draw(st.lists(st.integers(0, DEPTH - 1), min_size=1, max_size=200))
    numbers = range(first + 1, first + 1 + len(delays))
    arrival = sorted(zip(numbers, delays, strict=True), key=lambda one: (one[0] + one[1], one[0]))
    return [first, *(number for number, _ in arrival)]


@given(st.lists(st.just(1), max_size=100), FIRST)
def test_in_order_nothing_waits(steps: list[int], first: int) -> None:
    numbers = [first + place for place in range(len(steps) + 1)]
    buffer, out = deliver(numbers)
    assert out == numbers
    assert len(buffer) == 0


@given(lossy())
def test_after_any_loss_the_delay_stays_short(numbers: list[int]) -> None:
    buffer: JitterBuffer[int] = JitterBuffer()
    for number in numbers:
        buffer.add(number & 0xFFFF, number)
        assert len(buffer) <= DEPTH - 1


@given(lossy())
def test_every_frame_that_arrived_comes_out_once_and_in_order(numbers: list[int]) -> None:
    # What still waits at the end comes out with the next packets.
    after = [numbers[-1] + place for place in range(1, DEPTH + 1)]
    _, out = deliver(numbers + after)
    assert out[: len(numbers)] == numbers


@given(disordered())
def test_small_disorder_loses_nothing(numbers: list[int]) -> None:
    after = [max(numbers) + place for place in range(1, DEPTH + 1)]
    buffer, out = deliver(numbers + after)
    assert out[: len(numbers)] == sorted(numbers)
    assert buffer.lost == 0


@given(st.lists(st.integers(0, 0xFFFF), max_size=300))
def test_no_sequence_of_numbers_breaks_it(numbers: list[int]) -> None:
    buffer: JitterBuffer[int] = JitterBuffer()
    for number in numbers:
        buffer.add(number, number)
        assert len(buffer) <= DEPTH - 1


@given(lossy())
def test_packets_that_come_twice_come_out_once(numbers: list[int]) -> None:
    twice = [number for number in numbers for _ in range(2)]
    _, out = deliver(twice)
    assert len(set(out)) == len(out)


def test_a_sender_that_begins_anew_is_followed_at_once() -> None:
    _, out = deliver([10, 11, 12, 12 + FAR + 1, 12 + FAR + 2])
    assert out == [10, 11, 12, 12 + FAR + 1, 12 + FAR + 2]


def test_a_sender_that_begins_anew_a_little_behind_is_followed_soon() -> None:
    behind = list(range(800, 800 + STALE + 10))
    _, out = deliver([1000, 1001, *behind])
    assert out[:2] == [1000, 1001]
    assert out[2:] == behind[STALE - 1 :]
