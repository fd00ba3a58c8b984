"""Sound files: WAV of any common kind in, 16-bit mono out.

The reader is our own because the standard library's knows no float samples and no extensible headers,
which is what sound programs write.
"""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jackfield.errors import MediaError
from jackfield.media.sound import RATE, Samples, resample, to_pcm

MOST_BYTES = 200 << 20
MOST_SECONDS = 600

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_RATES = range(4_000, 384_001)
_CHANNELS = range(1, 33)


@dataclass(frozen=True, slots=True)
class _Format:
    code: int
    channels: int
    rate: int
    bits: int


def read_wav(path: Path, rate: int = RATE) -> bytes:
    """The sound of a WAV file as s16le mono at `rate`; several channels are averaged.

    Integer samples of 8, 16, 24 and 32 bits and float samples of 32 and 64 bits, 4 to 384 kHz, at most
    ten minutes. Raises `MediaError` for anything else, saying what it is.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MediaError(f"{path} is larger than {MOST_BYTES >> 20} MiB; play a shorter file.")
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from error
    form, sound = _chunks(data, path)
    samples = _mono(form, sound, path)
    if len(samples) > MOST_SECONDS * form.rate:
        raise MediaError(f"{path} is longer than {MOST_SECONDS // 60} minutes; play a shorter file.")
    return to_pcm(resample(samples, form.rate, rate))


def write_wav(path: Path, pcm: bytes, rate: int = RATE) -> None:
    """Write s16le mono sound. Raises `MediaError` if the file cannot be written."""
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(pcm)
    except OSError as error:
        raise MediaError(f"{path} cannot be written: {error.strerror}.") from error


def _chunks(data: bytes, path: Path) -> tuple[_Format, bytes]:
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise MediaError(f"{path} is not a WAV file.")
    form, place = None, 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        body = data[place + 8 : place + 8 + size]
        if name == b"fmt ":
            form = _format(body, path)
        elif name == b"data" and form is not None:
            # A recorder that was interrupted left a size that is too large: what is there is the sound.
            return form, body
        place += 8 + size + size % 2
    raise MediaError(f"{path} is a WAV file without sound in it.")


def _format(body: bytes, path: Path) -> _Format:
    if len(body) < 16:
        raise MediaError(f"{path} has a broken WAV header.")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if code == _EXTENSIBLE and len(body) >= 26:
        (code,) = struct.unpack_from("<H", body, 24)
    if rate not in _RATES or channels not in _CHANNELS:
        raise MediaError(f"{path} has a broken WAV header: {channels} channels at {rate} Hz.")
    return _Format(code, channels, rate, bits)


def _mono(form: _Format, sound: bytes, path: Path) -> Samples:
    width = form.bits // 8 * form.channels
    whole = sound[: len(sound) // width * width] if width else b""
    if form.code == _PCM and form.bits in (8, 16, 24, 32):
        samples = _integers(whole, form.bits)
    elif form.code == _FLOAT and form.bits in (32, 64):
        floats = np.frombuffer(whole, "<f4" if form.bits == 32 else "<f8").astype(np.float32)
        samples = np.nan_to_num(floats, nan=0.0, posinf=1.0, neginf=-1.0)
    else:
        raise MediaError(
            f"{path} holds WAV format {form.code} with {form.bits} bits; 16-bit PCM is understood everywhere."
        )
    return np.asarray(samples.reshape(-1, form.channels).mean(axis=1), np.float32)


def _integers(sound: bytes, bits: int) -> Samples:
    if bits == 8:
        return np.frombuffer(sound, np.uint8).astype(np.float32) / np.float32(128) - np.float32(1)
    if bits == 24:
        parts = np.frombuffer(sound, np.uint8).reshape(-1, 3).astype(np.int32)
        # The sign sits in the highest byte; shifting it to the top and back spreads it.
        wide = (parts[:, 0] << 8 | parts[:, 1] << 16 | parts[:, 2] << 24) >> 8
        return wide.astype(np.float32) / np.float32(1 << 23)
    whole = np.frombuffer(sound, "<i2" if bits == 16 else "<i4").astype(np.float32)
    return whole / np.float32(1 << (bits - 1))
