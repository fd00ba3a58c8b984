"""The turns of threads at the interpreter."""

import sys

import pytest

from jackfield.dispatch.interpreter import TURN_SECONDS, short_turns


def test_turns_are_short_while_tools_may_run_and_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    with short_turns():
        assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS, abs=2e-6)
        with short_turns():
            pass
        assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS, abs=2e-6)
    assert sys.getswitchinterval() == before


def test_a_turn_that_is_shorter_already_stays() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS / 2)
    try:
        with short_turns():
            assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS / 2, abs=2e-6)
    finally:
        sys.setswitchinterval(before)
