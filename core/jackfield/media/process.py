"""Processes that own sound: started by a parent, ended by the end of their pipe.

Nothing else runs in them, so no tool, parser or garbage collection of the parent can delay a packet.
The socket to the parent is their standard input: when the parent dies, however it dies, they read the
end of it and leave.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Self

from jackfield.errors import MediaError
from jackfield.processes.child import Child
from jackfield.processes.wire import Wire

START_WITHIN = 30.0
_PRIORITY = -10

log = logging.getLogger(__name__)


class MediaProcess(Child):
    """The parent's side of one media process."""

    @classmethod
    async def start(cls, module: str) -> Self:
        """Run `python -m module` and wait until it is ready. Raises `MediaError` if it never is."""
        started = await super().start(module)
        try:
            async with asyncio.timeout(START_WITHIN):
                ready = await started.wire.receive()
        except TimeoutError:
            ready = None
        except asyncio.CancelledError:
            await started.aclose()
            raise
        if ready is None:
            await started.aclose()
            raise MediaError(
                f"The media process {module} did not start (exit status {started.status}); "
                "what it printed stands above."
            )
        return started


def run(serve: Callable[[Wire], Awaitable[None]]) -> None:
    """The whole life of a media process: tell the parent, serve it, leave."""
    # Ctrl-C reaches the whole terminal group; it is the parent who decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # 20 ms late is heard; nothing else on the machine is in such a hurry. Allowed to few users.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    # Their warnings quote what a stranger sent, once per packet.
    for name in ("aiortc", "aioice", "libav"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    gc.collect()
    gc.freeze()
    asyncio.run(_life(serve))


async def _life(serve: Callable[[Wire], Awaitable[None]]) -> None:
    asyncio.get_running_loop().set_exception_handler(_quiet)
    wire = await Wire.over(socket.socket(fileno=sys.stdin.fileno()))
    wire.send("ready")
    try:
        await serve(wire)
    finally:
        wire.close()


def _quiet(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A task of aiortc that failed: its own connection notices; a traceback could quote an SDP."""
    error = context.get("exception")
    log.warning("A task failed in the media process: %s", type(error).__name__ if error else "no exception")
