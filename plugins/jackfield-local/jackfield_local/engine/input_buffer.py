"""The caller's sound since the last commit, on the clock of all sound ever received."""

from __future__ import annotations

from .audio_formats import BYTES_PER_MS

MOST_MS = 5 * 60 * 1000  # what one turn can hold; of a longer one the beginning is forgotten
IDLE_MS = 30 * 1000  # what is kept of silence while turns are detected


class InputBuffer:
    """s16le at 24 kHz. `end_ms` is audio time: all that was ever received."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._received = 0

    def append(self, pcm: bytes) -> None:
        self._pcm += pcm
        self._received += len(pcm)
        self.keep(MOST_MS)

    @property
    def end_ms(self) -> int:
        return self._received // BYTES_PER_MS

    @property
    def start_ms(self) -> int:
        """The audio time of the oldest sound that is held."""
        return (self._received - len(self._pcm)) // BYTES_PER_MS

    @property
    def held_ms(self) -> float:
        return len(self._pcm) / BYTES_PER_MS

    def since(self, start_ms: int) -> bytes:
        """All sound from `start_ms`, or from as early as is still held."""
        start = len(self._pcm) - (self._received - start_ms * BYTES_PER_MS)
        return bytes(self._pcm[max(0, start) :])

    def take(self) -> bytes:
        pcm = bytes(self._pcm)
        self._pcm.clear()
        return pcm

    def clear(self) -> None:
        self._pcm.clear()

    def keep(self, most_ms: int) -> None:
        """Forget all but the last `most_ms`."""
        excess = len(self._pcm) - most_ms * BYTES_PER_MS
        if excess > 0:
            del self._pcm[:excess]
