"""Voice activity: Silero v6, one set of weights for the whole process, one small state for each line."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from jackfield_local.inference import Inference, Tensor, open_model
from jackfield_local.speech import EAR_RATE, Audio

FRAME = 512
"""Samples of one frame: 32 ms at `EAR_RATE`."""

_CONTEXT = 64  # the model sees the end of the frame before


class Silero:
    """The shared weights. Thread-safe; 0.1 ms for a frame."""

    def __init__(self, path: Path) -> None:
        self._model: Inference = open_model(path, threads=1)

    def line(self) -> SileroActivity:
        """The activity of one new line, starting from silence."""
        return SileroActivity(self._model)


class SileroActivity:
    """`VoiceActivity` of one line. Frames of one line must come in order, from one thread at a time."""

    _RATE = np.array(EAR_RATE, dtype=np.int64)

    def __init__(self, model: Inference) -> None:
        self._model = model
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)
        self._busy = threading.Lock()

    def probability(self, frame: Audio) -> float:
        """How likely these 512 samples are speech. Raises `ValueError` for a frame of another length."""
        if frame.shape != (FRAME,):
            raise ValueError(f"a frame has {FRAME} samples, not {frame.shape}")
        with self._busy:
            window = np.concatenate((self._context, frame), dtype=np.float32)[np.newaxis, :]
            feeds: dict[str, Tensor] = {"input": window, "state": self._state, "sr": self._RATE}
            chance, state = self._model.run(None, feeds)
            self._state = state.astype(np.float32, copy=False)
            self._context = window[0, -_CONTEXT:]
        return float(chance.item())


def activity_of(audio: Audio, silero: Silero) -> Audio:
    """The probability of speech for each whole frame of a recording."""
    line = silero.line()
    starts = range(0, len(audio) - FRAME + 1, FRAME)
    return np.array([line.probability(audio[at : at + FRAME]) for at in starts], dtype=np.float32)
