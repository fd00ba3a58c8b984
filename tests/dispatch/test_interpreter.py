"""What a process that serves calls asks of the interpreter."""

import gc
import sys

import pytest

from jackfield.dispatch.interpreter import TURN_SECONDS, steady


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
