"""What Ctrl-C and SIGTERM do to a command that goes on until then."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_signals(task: asyncio.Task[None]) -> Iterator[None]:
    """Within the block the first SIGINT or SIGTERM cancels the task; a second SIGINT ends the process.

    The children end by themselves then: each of them watches the pipe from its parent.
    """
    loop = asyncio.get_running_loop()
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked and number == signal.SIGINT:
            os._exit(130)
        if not asked:
            loop.call_soon_threadsafe(task.cancel)
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
