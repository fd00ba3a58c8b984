"""The microphone of this machine, for people who talk to an agent from a terminal. Optional."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from jackfield.errors import MediaError
from jackfield.media.sound import FRAME, RATE


class _Stream(Protocol):
    def start(self) -> None: ...
    def close(self) -> None: ...


class Microphone:
    """An open microphone; `hear` gets 20 ms at a time, on the loop that opened it."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()

        def heard(data: object, *_: object) -> None:
            # PortAudio's own thread, and a buffer that is its again when this returns.
            loop.call_soon_threadsafe(hear, bytes(data))  # type: ignore[call-overload]

        self._stream: _Stream = _open(heard)
        self._stream.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()


def _open(heard: Callable[..., None]) -> _Stream:
    try:
        sounddevice = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise MediaError(
            "A microphone needs the package sounddevice and the library PortAudio "
            f"(pip install sounddevice; apt install libportaudio2): {error}."
        ) from error
    try:
        stream: _Stream = sounddevice.RawInputStream(
            samplerate=RATE, blocksize=FRAME, channels=1, dtype="int16", callback=heard
        )
    except Exception as error:  # PortAudioError, ValueError: whatever the device says
        raise MediaError(f"No microphone could be opened: {error}.") from error
    return stream
