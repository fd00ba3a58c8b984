"""What a process that serves calls asks of the interpreter."""

import gc
import sys

import pytest

from jackfield.dispatch.interpreter import COLLECT_AFTER, TURN_SECONDS, steady


def turn() -> object:
    """What `sys.getswitchinterval` says, which counts in whole microseconds."""
    return pytest.approx(sys.getswitchinterval(), abs=2e-6)


def test_turns_are_short_while_tools_may_run_and_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    with steady():
        assert turn() == TURN_SECONDS
        with steady():
            assert turn() == TURN_SECONDS
        assert turn() == TURN_SECONDS
    assert sys.getswitchinterval() == before


def test_a_turn_that_is_shorter_already_stays() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS / 2)
    try:
        with steady():
            assert turn() == TURN_SECONDS / 2
    finally:
        sys.setswitchinterval(before)


def test_what_was_there_before_is_not_searched_for_garbage_meanwhile() -> None:
    with steady():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0


def test_a_burst_is_not_searched_for_garbage_while_it_is_in_use_and_afterwards_all_is_as_before() -> None:
    before = gc.get_threshold()
    with steady():
        assert gc.get_threshold() == COLLECT_AFTER
        with steady():
            assert gc.get_threshold() == COLLECT_AFTER
        assert gc.get_threshold() == COLLECT_AFTER
    assert gc.get_threshold() == before


@pytest.mark.parametrize("own", [(0, 10, 10), (50_000, 10, 10)], ids=["no search at all", "a later search"])
def test_whoever_has_set_the_search_for_garbage_otherwise_keeps_it_so(own: tuple[int, int, int]) -> None:
    before = gc.get_threshold()
    gc.set_threshold(*own)
    try:
        with steady():
            assert gc.get_threshold() == own
        assert gc.get_threshold() == own
    finally:
        gc.set_threshold(*before)
