"""Rates, loudness, the ends of speech."""

import numpy as np
import pytest

from jackfield.media.sound import (
    FRAME_BYTES,
    RATE,
    Halving,
    Listener,
    SpeechEnded,
    SpeechStarted,
    loudness,
    resample,
    speech_end,
    to_pcm,
)


def tone(seconds: float, pitch: float = 440.0, rate: int = RATE, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000])
def test_a_tone_is_the_same_tone_at_another_rate(rate: int) -> None:
    out = resample(tone(0.5, rate=rate), rate, RATE)
    assert len(out) == pytest.approx(RATE / 2, abs=1)
    inner = slice(1000, 11_000)
    assert np.abs(out[inner] - tone(0.5)[inner]).max() < 0.01


def test_what_a_lower_rate_cannot_hold_does_not_fold_back() -> None:
    out = resample(tone(0.5, pitch=15_000.0, rate=48_000), 48_000, RATE)
    assert np.abs(out[1000:-1000]).max() < 0.01


@pytest.mark.parametrize("sizes", [[960] * 50, [120, 2880, 960, 481, 479] * 10])
def test_halving_piece_by_piece_has_no_seam(sizes: list[int]) -> None:
    sound, halving, place, out = tone(1.1, rate=48_000), Halving(), 0, []
    for size in sizes:
        out.append(halving.feed(sound[place : place + size]))
        place += size
    whole = np.concatenate(out)
    assert len(whole) == pytest.approx(place / 2, abs=1)
    step = np.diff(whole[100:])
    assert np.abs(step).max() < 0.5 * 2 * np.pi * 440 / RATE * 1.02


def test_loudness_of_silence_of_nothing_and_of_a_tone() -> None:
    assert loudness(b"") == 0.0
    assert loudness(bytes(960)) == 0.0
    assert loudness(to_pcm(tone(0.1))) == pytest.approx(0.5 * 32768 / 2**0.5, rel=0.01)


def test_the_end_of_speech_is_found_before_the_silence_and_the_room() -> None:
    noise = np.random.default_rng(1).normal(0, 0.0005, RATE).astype(np.float32)
    recording = to_pcm(np.concatenate([noise, tone(0.7), noise]))
    assert speech_end(recording) == pytest.approx(round(1.7 * RATE) * 2, abs=RATE // 50)


@pytest.mark.parametrize("pcm", [b"", b"\0", bytes(960), to_pcm(tone(0.5, level=0.001))])
def test_a_recording_without_speech_has_no_end_of_speech(pcm: bytes) -> None:
    assert speech_end(pcm) == 0


def test_a_pause_within_a_sentence_does_not_end_it() -> None:
    listener, loud, quiet = Listener(), to_pcm(tone(0.02)), bytes(FRAME_BYTES)
    frames = [loud] * 10 + [quiet] * 20 + [loud] * 10 + [quiet] * 30
    edges = [edge for place, pcm in enumerate(frames) if (edge := listener.hear(pcm, place * 0.02))]
    assert edges == [SpeechStarted(0.0), SpeechEnded(pytest.approx(39 * 0.02))]
