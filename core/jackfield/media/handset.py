"""The microphone and the loudspeaker of this machine, for people who talk from a terminal. Optional."""

from __future__ import annotations

import asyncio
import importlib
from collections import deque
from collections.abc import Callable
from typing import Protocol

from jackfield.errors import MediaError
from jackfield.media.sound import FRAME, FRAME_BYTES, RATE

# A loudspeaker that is slower than the call skips; it must not make the person answer late.
MOST_LATE = 15


class _Stream(Protocol):
    def start(self) -> None: ...
    def close(self) -> None: ...


class Handset:
    """An open handset. `hear` gets what the microphone hears, 20 ms at a time, on the loop that opened it."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._hear = hear
        # Appended to by the loop, emptied by PortAudio's thread; both ends of a deque are atomic.
        self._frames: deque[bytes] = deque(maxlen=MOST_LATE)
        self._stream = _open(self._exchange)
        self._stream.start()

    def say(self, pcm: bytes) -> None:
        """Play sound on the loudspeaker, behind what is playing."""
        for start in range(0, len(pcm), FRAME_BYTES):
            self._frames.append(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def close(self) -> None:
        self._stream.close()

    def _exchange(self, heard: memoryview, said: memoryview, *_: object) -> None:
        # PortAudio's own thread; the buffers are its again when this returns.
        self._loop.call_soon_threadsafe(self._hear, bytes(heard))
        try:
            said[:] = self._frames.popleft()
        except IndexError:
            said[:] = bytes(FRAME_BYTES)


def _open(exchange: Callable[..., None]) -> _Stream:
    try:
        sounddevice = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise MediaError(
            "A microphone needs the package sounddevice and the library PortAudio "
            f"(pip install sounddevice; apt install libportaudio2): {error}."
        ) from error
    try:
        stream: _Stream = sounddevice.RawStream(
            samplerate=RATE, blocksize=FRAME, channels=1, dtype="int16", callback=exchange
        )
    except Exception as error:  # PortAudioError, ValueError: whatever the device says
        raise MediaError(f"No microphone and loudspeaker could be opened: {error}.") from error
    return stream
