"""The three sound formats of the wire, to and from s16le mono at 24 kHz."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from .errors import Fault
from .resampling import Resampler

RATE = 24_000
BYTES_PER_MS = RATE * 2 // 1000

Pcm16 = NDArray[np.int16]


def from_base64(text: str, param: str) -> bytes:
    """Raises `Fault` if it is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault(
            f"Invalid '{param}': expected base64-encoded audio.", code="invalid_value", param=param
        ) from None


def to_base64(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


def to_float(pcm: bytes) -> NDArray[np.float32]:
    """s16le as float32 in [-1, 1]."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


def to_pcm(samples: NDArray[np.float32]) -> bytes:
    """float32 in [-1, 1] as s16le; louder is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2").tobytes()


def milliseconds(pcm: bytes | bytearray) -> int:
    return len(pcm) // BYTES_PER_MS


class Decoder:
    """Sound of one direction, from its wire format. Keeps an odd byte and the filter between pieces."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._rest = b""
        self._resampler = Resampler(3, 1)

    def decode(self, sound: bytes) -> bytes:
        if self.kind == "audio/pcm":
            sound = self._rest + sound
            whole = len(sound) & ~1
            self._rest = sound[whole:]
            return sound[:whole]
        codes = np.frombuffer(sound, np.uint8)
        linear = (MU_LAW if self.kind == "audio/pcmu" else A_LAW)[codes]
        return to_pcm(self._resampler.feed(linear.astype(np.float32) / np.float32(32768)))


class Encoder:
    """Sound of one direction, to its wire format."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._resampler = Resampler(1, 3)

    def encode(self, pcm: bytes) -> bytes:
        if self.kind == "audio/pcm":
            return pcm
        narrow = np.clip(self._resampler.feed(to_float(pcm)) * 32768, -32768, 32767).astype(np.int32)
        return (_to_mu_law(narrow) if self.kind == "audio/pcmu" else _to_a_law(narrow)).tobytes()


def _mu_law_table() -> Pcm16:
    """ITU-T G.711, µ-law: every code as linear 16 bit."""
    codes = ~np.arange(256, dtype=np.uint8)
    exponent = (codes >> 4) & 7
    magnitude = (((codes & 15).astype(np.int32) << 3) + 132 << exponent) - 132
    return np.where(codes & 128, -magnitude, magnitude).astype(np.int16)


def _a_law_table() -> Pcm16:
    """ITU-T G.711, A-law: every code as linear 16 bit."""
    codes = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((codes >> 4) & 7).astype(np.int32)
    mantissa = ((codes & 15).astype(np.int32) << 4) + 8
    magnitude = np.where(exponent == 0, mantissa, (mantissa + 256) << np.maximum(exponent - 1, 0))
    return np.where(codes & 128, magnitude, -magnitude).astype(np.int16)


MU_LAW = _mu_law_table()
A_LAW = _a_law_table()


def _to_mu_law(linear: NDArray[np.int32]) -> NDArray[np.uint8]:
    magnitude = np.minimum(np.abs(linear), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(linear < 0, 128, 0)
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa)).astype(np.uint8)
    return codes


def _to_a_law(linear: NDArray[np.int32]) -> NDArray[np.uint8]:
    magnitude = np.minimum(np.where(linear < 0, -linear - 1, linear), 32767)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 7, 0)
    mantissa = (magnitude >> np.maximum(exponent + 3, 4)) & 15
    sign = np.where(linear < 0, 0, 128)
    codes: NDArray[np.uint8] = ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)
    return codes
