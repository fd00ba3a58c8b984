"""A parent's side of a child process: a fresh interpreter, a wire to it, and its end.

Never a fork: a copy of a process with threads and event loops is a trap. The wire is the child's standard
input; a child whose parent dies, however it dies, reads the end of it and leaves.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Self

from jackfield.processes.wire import Wire

LEAVE_WITHIN = 3.0

log = logging.getLogger(__name__)


class Child:
    """One child process, and the wire to it."""

    def __init__(self, process: asyncio.subprocess.Process, wire: Wire) -> None:
        self._process = process
        self.wire = wire

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal, None while it lives."""
        return self._process.returncode

    @classmethod
    async def start(cls, module: str) -> Self:
        """Run `python -m module`. Raises `OSError` if there can be no process."""
        ours, theirs = socket.socketpair()
        with theirs:
            wire = await Wire.over(ours)
            try:
                # -P: a file called json.py in the folder where somebody works must not become our JSON.
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", module, stdin=theirs.fileno()
                )
            except BaseException:
                wire.close()
                raise
        return cls(process, wire)

    async def ended(self) -> int:
        """Wait until the process has ended, and return its status."""
        return await self._process.wait()

    def kill(self) -> None:
        """End it now. Idempotent."""
        if self._process.returncode is None:
            # Not `Process.kill`: it asks for the exit status first, and asyncio would never learn it.
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def aclose(self, within: float = LEAVE_WITHIN) -> None:
        """Let it leave, and end it if it does not. Bounded, idempotent; the process is gone afterwards."""
        self.wire.close()
        try:
            async with asyncio.timeout(within):
                await self._process.wait()
        except TimeoutError:
            log.warning("Process %s did not leave and is killed.", self.pid)
            self.kill()
            await self._process.wait()
