from hypothesis import given
from hypothesis import strategies as st

from jackfield.mcp.backoff import Backoff

backoff = Backoff(first=0.2, longest=30.0, healthy_after=30.0, patience=5)
chances = st.floats(0, 1)


def test_pauses_double_from_the_first_to_the_longest() -> None:
    pauses = [round(backoff.pause(accidents, chance=0.5), 3) for accidents in range(1, 12)]
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0, 30.0]


@given(st.integers(0, 10**6), chances)
def test_a_pause_is_never_nothing_nor_much_longer_than_the_longest(accidents: int, chance: float) -> None:
    assert 0.16 <= backoff.pause(accidents, chance) <= 36.001


@given(st.integers(1, 40), chances, chances)
def test_chance_spreads_a_pause_by_a_fifth_either_way(accidents: int, one: float, other: float) -> None:
    assert backoff.pause(accidents, one) <= 1.5 * backoff.pause(accidents, other) + 1e-9


def test_a_connection_that_held_wipes_out_what_went_before() -> None:
    assert backoff.accidents(4, held=29.9) == 5
    assert backoff.accidents(4, held=30.0) == 1


def test_nobody_waits_for_a_server_that_fell_five_times_in_a_row() -> None:
    assert [backoff.hopeless(accidents) for accidents in (1, 4, 5, 6)] == [False, False, True, True]
