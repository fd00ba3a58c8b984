"""Sound files as programs write them, and as they should not be."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.errors import MediaError
from jackfield.media import read_wav, write_wav

WAVE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)


def riff(
    code: int, bits: int, sound: bytes, *, channels: int = 1, rate: int = 24_000, extra: bytes = b""
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * block, block, bits) + extra
    # A chunk of odd length, as editors leave them, stands between the header and the sound.
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"LIST\x03\0\0\0abc\0"
    body += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pcm24(samples: np.ndarray) -> bytes:
    whole = (samples * (2**23 - 1)).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


SOUNDS = {
    "8 bits": riff(1, 8, (WAVE * 127 + 128).astype(np.uint8).tobytes()),
    "16 bits": riff(1, 16, (WAVE * 32767).astype("<i2").tobytes()),
    "24 bits": riff(1, 24, pcm24(WAVE)),
    "32 bits": riff(1, 32, (WAVE * (2**31 - 1)).astype("<i4").tobytes()),
    "float": riff(3, 32, WAVE.astype("<f4").tobytes()),
    "double": riff(3, 64, WAVE.astype("<f8").tobytes()),
    "extensible": riff(
        0xFFFE, 16, (WAVE * 32767).astype("<i2").tobytes(), extra=struct.pack("<HHIH14x", 22, 16, 4, 1)
    ),
    "stereo": riff(1, 16, np.repeat((WAVE * 32767).astype("<i2"), 2).tobytes(), channels=2),
    "cut off": riff(1, 16, (WAVE * 32767).astype("<i2").tobytes()).replace(
        b"data" + struct.pack("<I", 48_000), b"data\xff\xff\xff\xff"
    ),
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_every_common_kind_of_file_is_the_same_sound(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(SOUNDS[kind])
    heard = np.frombuffer(read_wav(path), "<i2").astype(float) / 32767
    assert len(heard) == 24_000
    assert np.abs(heard - WAVE).max() < 0.02


def test_another_rate_is_converted_on_request(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(SOUNDS["float"])
    assert len(read_wav(path, 48_000)) == 96_000


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    pcm = (WAVE * 32767).astype("<i2").tobytes()
    write_wav(tmp_path / "sound.wav", pcm)
    assert read_wav(tmp_path / "sound.wav") == pcm


BROKEN = {
    "is not a WAV file": b"ID3\x04 some song",
    "without sound": riff(1, 16, b"")[:36],
    "format 85": riff(85, 16, bytes(100)),
    "broken WAV header": riff(1, 16, bytes(100), channels=0),
    "at 0 Hz": riff(1, 16, bytes(100), rate=0),
    "with 12 bits": riff(1, 12, bytes(100)),
    "longer than 10 minutes": riff(1, 8, bytes(2_500_000), rate=4_000),
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_file_that_cannot_be_played_says_why(message: str, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(BROKEN[message])
    with pytest.raises(MediaError, match=message) as caught:
        read_wav(path)
    assert "sound.wav" in str(caught.value)


def test_a_missing_file_and_a_folder_that_is_not_there_are_media_errors(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read: No such file"):
        read_wav(tmp_path / "none.wav")
    with pytest.raises(MediaError, match="cannot be written"):
        write_wav(tmp_path / "none" / "sound.wav", b"")


@given(st.binary(max_size=120), st.integers(0, 60))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, junk: bytes, place: int) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.wav"
    sound = SOUNDS["16 bits"][:2000]
    path.write_bytes(sound[:place] + junk + sound[place + len(junk) :])
    with contextlib.suppress(MediaError):
        read_wav(path)
