"""What the other side says: decoded frames become one sound without holes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from jackfield.media.sound import RATE, Halving, Samples, to_pcm

# A longer jump of the stamps is not loss: the sender began anew.
MOST_GAP = 10.0
# Nothing for so long: the line is silent, and whoever waits for the end of a sentence must hear that.
STILL_AFTER = 0.1

_STAMPS = 48_000

log = logging.getLogger(__name__)


class Gapless:
    """Frames with stamps in, 24 kHz s16le out; what is missing between two frames becomes silence. Pure."""

    def __init__(self) -> None:
        self._halving = Halving()
        self._expected: int | None = None

    def frame(self, pts: int, samples: Samples) -> bytes:
        """A frame of 48 kHz mono samples with its stamp, after the silence that is missing before it."""
        gap = 0 if self._expected is None else pts - self._expected
        if not 0 <= gap <= MOST_GAP * _STAMPS:
            gap = 0
        self._expected = pts + len(samples)
        return bytes(gap // 2 * 2) + to_pcm(self._halving.feed(samples))

    def silence(self, seconds: float) -> bytes:
        """Silence for time that passed with no frame; frames that come after all are not cut for it."""
        if self._expected is not None:
            self._expected += round(seconds * _STAMPS)
        return bytes(2 * round(seconds * RATE))


def mono(frame: AudioFrame) -> Samples:
    """The samples of a decoded frame in [-1, 1], channels averaged."""
    channels = len(frame.layout.channels)
    share = np.full(channels, 1 / (32768 * channels), np.float32)
    return np.asarray(frame.to_ndarray().reshape(-1, channels).astype(np.float32) @ share)


async def listen(track: MediaStreamTrack, hear: Callable[[bytes, bool], None]) -> None:
    """Read a track to its end, whatever comes. `hear(pcm, real)`: `real` is false for silence of ours."""
    gapless, begun = Gapless(), False
    while True:
        try:
            async with asyncio.timeout(STILL_AFTER if begun else None):
                frame = await track.recv()
        except TimeoutError:
            hear(gapless.silence(STILL_AFTER), False)
        except MediaStreamError:
            return
        else:
            if isinstance(frame, AudioFrame) and frame.pts is not None:
                begun = True
                hear(gapless.frame(frame.pts, mono(frame)), True)
