"""Text to speech: Hibari's voice "heart", and a lower one made from it.

Only "heart" is inside the package; naming another voice would make Hibari download it, so none is ever
named. A lower voice is heart resampled: pitch and formants fall together, as with a larger speaker.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from hibari import Hibari  # type: ignore[import-untyped]

from jackfield_local.phrases import pieces
from jackfield_local.speech import VOICE_RATE, Audio
from jackfield_local.spoken import sayable

LOW_VOICES = frozenset({"cedar", "ash", "ballad", "echo", "verse", "fenrir", "fable", "onyx"})
"""Voice names that are spoken with the lower voice; all others are heart as it is."""

_UP, _DOWN = 23, 20  # x0.87
_SLOWEST, _FASTEST = 0.5, 2.0

# Hibari gives 300 ms of silence before each sentence and 500 ms after it; the caller need not wait for that.
_SILENCE = 0.004
_LEAD = VOICE_RATE * 20 // 1000
_TAIL = VOICE_RATE * 60 // 1000
_PAUSE_AFTER = {".": 0.24, "!": 0.24, "?": 0.28, "…": 0.3, ",": 0.07, ";": 0.12, ":": 0.12}


_PLAIN = re.compile(r"[A-Za-z]{1,20}")
_log = logging.getLogger(__name__)


class _Synthesiser(Protocol):
    def __call__(self, text: str, speed: float, seed: int) -> Audio: ...


class HibariVoice:
    """`Voice`. Deterministic: the same words in the same voice give the same samples. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._synthesise = cast(_Synthesiser, Hibari(model=str(path), threads=1))
        # The first sentence loads the dictionaries: half a second that no caller should wait for.
        self._synthesise("Ready.", 1.0, 0)

    def speak(self, text: str, voice: str, speed: float) -> Iterator[Audio]:
        """Say `text` phrase by phrase. The first piece takes about 25 ms to make.

        `speed` 1 is the voice's own; below 0.5 and above 2 it is 0.5 and 2. Nothing sayable, no piece.
        """
        low = voice.lower() in LOW_VOICES
        pace = speed * _UP / _DOWN if low else speed
        for piece in pieces(sayable(text)):
            trimmed = _trimmed(self._sound(piece, min(max(pace, _SLOWEST), _FASTEST)), piece)
            if len(trimmed):
                yield _lowered(trimmed) if low else trimmed

    def _sound(self, text: str, pace: float) -> Audio:
        try:
            return self._synthesise(text, pace, 0)
        except Exception:  # its reading of odd text is another's code, and must not cost the caller the rest
            _log.warning("a phrase of %d characters cannot be read aloud; its plain words are", len(text))
        plain = " ".join(_PLAIN.findall(text))
        return self._synthesise(plain or "Something I cannot read.", pace, 0)


def _trimmed(sound: Audio, text: str) -> Audio:
    """The sound without the silence around it, and with the pause that its last mark asks for."""
    loud = np.flatnonzero(np.abs(sound) > _SILENCE)
    if len(loud) == 0:
        return sound[:0]
    start, end = max(0, int(loud[0]) - _LEAD), int(loud[-1]) + _TAIL
    pause = int(_PAUSE_AFTER.get(text[-1], 0.05) * VOICE_RATE)
    kept: Audio = np.clip(sound[start:end], -1, 1)
    sounded: Audio = np.append(kept, np.zeros(pause, dtype=np.float32))
    return sounded


_REACH = 16  # samples to each side that make one new sample


def _kernels() -> Audio:
    """For each of the 23 places between two samples: how much every neighbour contributes."""
    offsets = np.arange(-_REACH + 1, _REACH + 1)[np.newaxis, :] - (np.arange(_UP) / _UP)[:, np.newaxis]
    window = np.cos(np.pi * np.clip(offsets / (_REACH + 1), -1, 1) / 2) ** 2
    kernels = np.sinc(offsets) * window
    unit: Audio = (kernels / kernels.sum(axis=1, keepdims=True)).astype(np.float32)
    return unit


_KERNELS = _kernels()


def _lowered(sound: Audio) -> Audio:
    """The sound 23/20 as long at the same rate, so 0.87 as high (band-limited interpolation)."""
    places = np.arange(len(sound) * _UP // _DOWN) * _DOWN
    padded = np.pad(sound, (_REACH - 1, _REACH))
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH)
    lowered: Audio = np.einsum("ij,ij->i", neighbours[places // _UP], _KERNELS[places % _UP])
    return lowered
