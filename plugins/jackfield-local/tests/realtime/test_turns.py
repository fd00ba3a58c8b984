"""Turns, told from probabilities."""

from jackfield_local.engine.session_settings import TurnRule
from jackfield_local.engine.turns import Paused, Resumed, Sign, Started, Stopped, TurnDetector

RULE = TurnRule(0.5, 300, 480, None, True, True)


def signs(*runs: tuple[float, int], rule: TurnRule = RULE) -> list[Sign]:
    """Probabilities and how many frames of 32 ms each lasts."""
    detector = TurnDetector(rule)
    found: list[Sign] = []
    now = 0
    for probability, frames in runs:
        for _ in range(frames):
            now += 32
            found += detector.feed(probability, now)
    return found


def test_a_turn_begins_where_speech_began_and_ends_after_the_silence() -> None:
    assert signs((0, 10), (1, 20), (0, 20)) == [Started(320), Paused(), Stopped(1440, 480)]


def test_a_click_is_no_turn() -> None:
    assert signs((0, 5), (1, 2), (0, 30), (1, 1), (0, 30)) == []


def test_a_pause_in_a_sentence_is_not_its_end() -> None:
    assert signs((1, 20), (0, 8), (1, 10), (0, 15)) == [
        Started(0),
        Paused(),
        Resumed(),
        Paused(),
        Stopped(1696, 480),
    ]


def test_a_voice_that_falls_a_little_goes_on() -> None:
    assert signs((1, 10), (0.4, 40)) == [Started(0)]


def test_a_short_patience_ends_the_turn_at_once() -> None:
    eager = TurnRule(0.5, 300, 0, None, True, True)
    assert signs((1, 10), (0, 1), rule=eager) == [Started(0), Paused(), Stopped(352, 32)]


def test_a_high_threshold_wants_a_clear_voice() -> None:
    assert signs((0.7, 50), rule=TurnRule(0.9, 300, 480, None, True, True)) == []
