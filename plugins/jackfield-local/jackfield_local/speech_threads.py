"""The threads in which ears and voice work, so that neither ever holds up the server's loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from jackfield_local.engine.audio_formats import to_float, to_pcm
from jackfield_local.engine.resampling import Resampler
from jackfield_local.speech import Audio, Ears, Heard, Voice

RECOGNITION_SECONDS = 15.0
SYNTHESIS_SECONDS = 15.0


class EarsAndVoice(Protocol):
    """What works in the threads."""

    @property
    def ears(self) -> Ears: ...

    @property
    def voice(self) -> Voice: ...


class SpeechThreads:
    """One thread for the ears, one for the voice: a sentence takes either far less time than it takes to
    say, and the models use more cores by themselves. What waits is bounded by the number of sessions."""

    def __init__(self, parts: EarsAndVoice) -> None:
        self._parts = parts
        self._ears = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ears")
        self._voice = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")

    async def recognise(self, pcm: bytes, words: Sequence[str]) -> Heard:
        """Understand s16le at 24 kHz. Raises what the ears raise, and TimeoutError."""
        async with asyncio.timeout(RECOGNITION_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._ears, self._recognise, pcm, words)

    def _recognise(self, pcm: bytes, words: Sequence[str]) -> Heard:
        return self._parts.ears.recognise(Resampler(2, 3).feed(to_float(pcm)), words)

    async def speak(self, text: str, voice: str, speed: float) -> AsyncIterator[bytes]:
        """Say `text` as s16le at 24 kHz, piece by piece. Raises what the voice raises, and TimeoutError."""
        loop = asyncio.get_running_loop()
        pieces = iter(self._parts.voice.speak(text, voice, speed))
        while True:
            async with asyncio.timeout(SYNTHESIS_SECONDS):
                piece = await loop.run_in_executor(self._voice, _next, pieces)
            if piece is None:
                return
            yield to_pcm(np.asarray(piece, np.float32))

    def close(self) -> None:
        """Drop what waits for the threads; what runs in them is not waited for."""
        self._ears.shutdown(wait=False, cancel_futures=True)
        self._voice.shutdown(wait=False, cancel_futures=True)


def _next(pieces: Iterator[Audio]) -> Audio | None:
    return next(pieces, None)
