"""Sound as numbers: rates, loudness, where speech begins and ends.

Everywhere in this package a sound is s16le mono at 24 kHz, in frames of 20 ms, unless its name says
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from jackfield.media.frames import FRAME as FRAME
from jackfield.media.frames import FRAME_BYTES as FRAME_BYTES
from jackfield.media.frames import FRAME_SECONDS as FRAME_SECONDS
from jackfield.media.frames import RATE as RATE

Samples = NDArray[np.float32]


# About -44 dB: above what a codec makes of silence, below the quietest speech worth answering.
VOICED = 200.0
# A pause within a sentence is shorter than this.
QUIET = 0.5

# Below the loudest part of a recording by this factor (-35 dB) is its room, not its speaker.
_ROOM = 10 ** (-35 / 20)
_WINDOW = RATE // 100
_TAPS_PER_SIDE = 16


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """A whole sound at another rate, low-pass filtered so that nothing folds back.

    Polyphase windowed sinc, `to / gcd` phases; aligned, so that a moment stays where it was.
    """
    if rate == to or not len(samples):
        return samples
    up, down = to // gcd(rate, to), rate // gcd(rate, to)
    cutoff = min(1.0, to / rate)
    reach = int(np.ceil(_TAPS_PER_SIDE / cutoff))
    padded = np.concatenate([np.zeros(reach, np.float32), samples, np.zeros(reach + down + 1, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach)
    result = np.zeros(-(-len(samples) * up // down), np.float32)
    for phase in range(min(up, len(result))):
        # Output n stands at input position n * down / up; all n of one phase share the fraction.
        whole, fraction = divmod(phase * down, up)
        count = len(result[phase::up])
        offsets = np.arange(-reach + 1, reach + 1) - fraction / up
        taps = cutoff * np.sinc(cutoff * offsets) * np.cos(np.pi * offsets / (2 * reach + 2)) ** 2
        result[phase::up] = windows[whole + 1 : whole + 1 + count * down : down] @ taps.astype(np.float32)
    return result


def to_pcm(samples: Samples) -> bytes:
    """Samples in [-1, 1] as s16le; what is louder is clipped."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


class Halving:
    """48 kHz to 24 kHz, piece by piece, without a seam between the pieces."""

    _TAPS = 47

    def __init__(self) -> None:
        offsets = (np.arange(self._TAPS) - self._TAPS // 2) / 2
        taps = np.sinc(offsets) * np.kaiser(self._TAPS, 6.0)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._tail = np.zeros(self._TAPS - 1, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """Half as many samples as came in, give or take one over a frame of odd length."""
        heard = np.concatenate([self._tail, samples])
        if len(heard) < self._TAPS:
            self._tail = heard
            return np.zeros(0, np.float32)
        halved = np.convolve(heard, self._taps, "valid")[::2]
        self._tail = heard[2 * len(halved) :]
        return halved


def loudness(pcm: bytes) -> float:
    """Root mean square of a piece of sound, 0 to 32768."""
    if len(pcm) < 2:
        return 0.0
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    return float(np.sqrt(np.mean(samples * samples)))


def speech_end(pcm: bytes) -> int:
    """The byte after the last voiced 10 ms of a recording; 0 if there is no speech in it."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32)
    windows = -(-len(samples) // _WINDOW)
    padded = np.pad(samples, (0, windows * _WINDOW - len(samples))).reshape(windows, _WINDOW)
    level = np.sqrt((padded * padded).mean(axis=1))
    if not windows or level.max() < VOICED:
        return 0
    voiced = np.nonzero(level >= max(level.max() * _ROOM, VOICED / 4))[0]
    return min(int(voiced[-1] + 1) * _WINDOW * 2, len(samples) * 2)


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Sound after quiet. `at` is when it was heard, in seconds of the listener's clock."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Quiet after sound. `at` is when the last voiced sound was heard."""

    at: float


class Listener:
    """Tells when somebody begins and ends to speak, by loudness alone.

    `last` is when the last voiced sound was heard, None while it is quiet.
    """

    def __init__(self) -> None:
        self.last: float | None = None

    def hear(self, pcm: bytes, now: float) -> SpeechStarted | SpeechEnded | None:
        """One frame that was heard at `now`."""
        if loudness(pcm) >= VOICED:
            was, self.last = self.last, now
            return SpeechStarted(now) if was is None else None
        if self.last is not None and now - self.last >= QUIET:
            ended, self.last = self.last, None
            return SpeechEnded(ended)
        return None
