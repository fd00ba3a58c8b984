"""Change of sample rate for sound that comes in pieces, by a windowed-sinc filter. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

HALF_WIDTH = 12  # input samples on either side of each output sample, at the lower of the two rates
BLOCK = 24_000  # bounds the memory of one step, however long the piece


class Resampler:
    """From rate R to R * up / down. The sound comes out delayed by half the filter, under 3 ms."""

    def __init__(self, up: int, down: int) -> None:
        self.up = up
        self.down = down
        reach = HALF_WIDTH * max(up, down)
        time = np.arange(-reach, reach + 1) / max(up, down)
        prototype = np.sinc(time) * np.kaiser(2 * reach + 1, 7.0) * (up / max(up, down))
        taps = -(-len(prototype) // up)
        padded = np.zeros(taps * up)
        padded[: len(prototype)] = prototype
        # phases[p][k] weighs the k-th newest input sample for an output at phase p between two inputs.
        self._phases = padded.reshape(taps, up).T.astype(np.float32)
        self._history = np.zeros(taps - 1, np.float32)
        self._position = 0  # of the next output, in steps of 1/up input samples from the next input

    def feed(self, samples: Samples) -> Samples:
        """The output that this input completes."""
        blocks = [self._feed(samples[start : start + BLOCK]) for start in range(0, len(samples), BLOCK)]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)

    def _feed(self, samples: Samples) -> Samples:
        sound = np.concatenate((self._history, samples))
        taps = self._phases.shape[1]
        steps = np.arange(self._position, len(samples) * self.up, self.down)
        self._position = int(steps[-1]) + self.down if len(steps) else self._position
        self._position -= len(samples) * self.up
        self._history = sound[len(sound) - (taps - 1) :]
        newest = steps // self.up + taps - 1
        window = sound[newest[:, None] - np.arange(taps)[None, :]]
        output: Samples = np.einsum("ij,ij->i", window, self._phases[steps % self.up]).astype(np.float32)
        return output
