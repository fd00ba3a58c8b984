"""Holes in what was received become silence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jackfield.media.receive import MOST_GAP, Gapless

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.float32)


def frame(number: int) -> np.ndarray:
    place = number * 960 % 48_000
    return TONE[place : place + 960]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=50))
def test_whatever_is_lost_the_sound_keeps_its_length(steps: list[int]) -> None:
    gapless, number, sound = Gapless(), 0, b""
    gapless.frame(0, frame(0))
    for step in steps:
        number += step
        sound += gapless.frame(number * 960, frame(number))
    assert len(sound) == number * 960


def test_a_lost_frame_is_silence_in_its_place() -> None:
    gapless = Gapless()
    gapless.frame(0, frame(0))
    heard = np.frombuffer(gapless.frame(2 * 960, frame(2)), "<i2")
    assert not heard[:480].any()
    assert np.abs(heard[480:]).max() > 10_000


def test_a_sender_that_begins_anew_is_not_a_gap_of_hours() -> None:
    gapless = Gapless()
    gapless.frame(0, frame(0))
    assert len(gapless.frame(2**31, frame(1))) == 960
    assert len(gapless.frame(5, frame(1))) == 960
    assert len(gapless.frame(5 + 960 + int(MOST_GAP * 48_000), frame(1))) == int(MOST_GAP * 48_000) + 960


def test_silence_that_stood_in_for_lost_frames_is_not_made_twice() -> None:
    gapless = Gapless()
    gapless.frame(0, frame(0))
    assert len(gapless.silence(0.1)) == 4800
    assert len(gapless.frame(6 * 960, frame(6))) == 960


def test_frames_that_come_late_after_all_are_heard_whole() -> None:
    gapless = Gapless()
    gapless.frame(0, frame(0))
    gapless.silence(0.1)
    assert [len(gapless.frame(number * 960, frame(number))) for number in range(1, 6)] == [960] * 5
