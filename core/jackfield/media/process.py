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

from jackfield.errors import MediaError
from jackfield.media.wire import Wire

START_WITHIN = 30.0
LEAVE_WITHIN = 3.0
_PRIORITY = -10

log = logging.getLogger(__name__)


class MediaProcess:
    """The parent's side of one media process."""

    def __init__(self, process: asyncio.subprocess.Process, wire: Wire) -> None:
        self._process = process
        self.wire = wire

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls, module: str) -> MediaProcess:
        """Run `python -m module` and wait until it is ready. Raises `MediaError` if it never is."""
        ours, theirs = socket.socketpair()
        with theirs:
            wire = await Wire.over(ours)
            try:
                # -P: a file called av.py in the folder where somebody works must not become our codec.
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", module, stdin=theirs.fileno()
                )
            except BaseException:
                wire.close()
                raise
        started = cls(process, wire)
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
                f"The media process {module} did not start (exit status {process.returncode}); "
                "what it printed stands above."
            )
        return started

    async def aclose(self) -> None:
        """Let it leave, and end it if it does not. Bounded, idempotent; the process is gone afterwards."""
        self.wire.close()
        try:
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._process.wait()
        except TimeoutError:
            log.warning("Media process %s did not leave and is killed.", self.pid)
            self._process.kill()
            await self._process.wait()


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
