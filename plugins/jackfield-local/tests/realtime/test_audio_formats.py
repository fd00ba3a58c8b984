"""G.711 and the resampler."""

import numpy as np
import pytest

from jackfield_local.engine.audio_formats import A_LAW, MU_LAW, Decoder, Encoder
from jackfield_local.engine.resampling import Resampler


def tone(hertz: float, rate: int = 24_000) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(rate) / rate).astype(np.float32)


def strength(sound: np.ndarray, hertz: float, rate: int) -> float:
    """Of one frequency in a sound, its ends left out."""
    steady = sound[rate // 10 : -rate // 10]
    times = np.arange(len(steady)) / rate
    return float(2 * abs((steady * np.exp(-2j * np.pi * hertz * times)).mean()))


def test_g711_codes_have_the_values_of_the_recommendation() -> None:
    assert [int(MU_LAW[code]) for code in (0x00, 0x80, 0x7F, 0xFF)] == [-32124, 32124, 0, 0]
    assert [int(A_LAW[code]) for code in (0x2A, 0xAA, 0x55, 0xD5)] == [-32256, 32256, -8, 8]


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
def test_speech_survives_a_telephone(kind: str) -> None:
    pcm = (tone(800) * 12_000).astype("<i2").tobytes()
    narrow = Encoder(kind).encode(pcm)
    assert len(narrow) == 8000
    back = np.frombuffer(Decoder(kind).decode(narrow), "<i2") / 12_000
    assert len(back) == 24_000
    assert strength(back, 800, 24_000) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("up", "down"), [(2, 3), (3, 1), (1, 3)])
def test_sound_in_pieces_is_the_same_sound(up: int, down: int) -> None:
    sound = tone(700)
    whole = Resampler(up, down).feed(sound)
    resampler = Resampler(up, down)
    pieces = [resampler.feed(sound[start : start + 331]) for start in range(0, len(sound), 331)]
    assert np.allclose(np.concatenate(pieces), whole)
    assert strength(whole, 700, 24_000 * up // down) == pytest.approx(1.0, abs=0.01)


def test_what_a_telephone_cannot_carry_is_not_folded_into_it() -> None:
    narrow = Resampler(1, 3).feed(tone(7000))
    assert float(np.abs(narrow[100:]).max()) < 0.01


def test_a_sample_may_be_split_between_two_pieces() -> None:
    decoder = Decoder("audio/pcm")
    assert decoder.decode(b"\x01\x02\x03") + decoder.decode(b"\x04") == b"\x01\x02\x03\x04"
