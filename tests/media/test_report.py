"""What is measured of a call, with moments made up."""

import numpy as np

from jackfield.media.report import Measurement
from jackfield.media.sound import FRAME, FRAME_BYTES

LOUD = np.full(FRAME, 5000, "<i2").tobytes()
QUIET = bytes(FRAME_BYTES)


def hear(measurement: Measurement, pcm: bytes, begin: float, end: float) -> None:
    for number in range(round((end - begin) * 50)):
        measurement.heard(pcm, begin + number * 0.02, real=True)


def test_the_latency_of_each_question_is_from_its_last_sound_to_the_first_of_the_reply() -> None:
    measurement = Measurement()
    measurement.connected(10.0)
    for name, asked, answered, until in (("a", 11.0, 11.4, 12.0), ("b", 15.0, 15.3, 15.8)):
        measurement.asked(name)
        measurement.said(name, asked)
        hear(measurement, QUIET, asked, answered)
        hear(measurement, LOUD, answered, until)
        hear(measurement, QUIET, until, until + 1.0)
    first, second = measurement.report(20.0).questions
    assert (first.ended_ms, first.latency_ms, first.reply_ms) == (1000, 400, 600)
    assert (second.ended_ms, second.latency_ms, second.reply_ms) == (5000, 300, 500)


def test_a_question_without_an_answer_and_one_that_was_not_said_have_no_latency() -> None:
    measurement = Measurement()
    measurement.connected(0.0)
    measurement.asked("a")
    measurement.said("a", 1.0)
    measurement.asked("b")
    first, second = measurement.report(5.0).questions
    assert (first.ended_ms, first.latency_ms, first.reply_ms) == (1000, None, None)
    assert (second.ended_ms, second.latency_ms, second.reply_ms) == (None, None, None)


def test_what_the_agent_says_before_the_question_ends_is_no_reply() -> None:
    measurement = Measurement()
    measurement.connected(0.0)
    hear(measurement, LOUD, 0.0, 1.0)
    measurement.asked("a")
    hear(measurement, QUIET, 1.0, 2.0)
    measurement.said("a", 2.0)
    hear(measurement, QUIET, 2.0, 2.5)
    hear(measurement, LOUD, 2.5, 3.0)
    assert measurement.report(3.0).questions[0].latency_ms == 500


def test_the_longest_gap_is_told_overall_and_for_the_second_it_ended_in() -> None:
    measurement = Measurement()
    measurement.connected(0.0)
    for moment in (0.0, 0.02, 0.04, 2.30, 2.32):
        measurement.heard(QUIET, moment, real=True)
    report = measurement.report(3.0)
    assert (report.frames, report.longest_gap_ms, report.seconds) == (5, 2260, 3.0)
    assert report.gaps_ms == (20, 0, 2260)


def test_silence_that_stands_for_lost_sound_is_no_frame() -> None:
    measurement = Measurement()
    measurement.connected(0.0)
    measurement.heard(QUIET, 0.0, real=True)
    measurement.heard(QUIET, 0.1, real=False)
    measurement.heard(QUIET, 0.2, real=True)
    assert measurement.report(1.0).longest_gap_ms == 200
    assert measurement.report(1.0).frames == 2
