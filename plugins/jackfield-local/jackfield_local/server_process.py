"""The embedded server as a child process: started, watched, ended with its parent."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

from jackfield import ProviderUnreachable

log = logging.getLogger(__name__)

READY_SECONDS = 60.0  # loading takes two seconds; a cold disk or a busy machine much longer
LEAVE_SECONDS = 8.0
TAIL_LINES = 5
LONGEST_LINE = 64 * 1024


class ServerProcess:
    """One running server. Its key is fresh and random, and travels in its environment alone."""

    def __init__(self, process: asyncio.subprocess.Process, key: str) -> None:
        self.process = process
        self.key = key
        self.url = ""
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._reading = asyncio.create_task(self._read_errors())

    @classmethod
    async def start(cls, arguments: Sequence[str], environment: Mapping[str, str]) -> ServerProcess:
        """Run `python -m jackfield_local serve` and wait until it is ready. Raises `ProviderUnreachable`."""
        key = secrets.token_urlsafe(32)
        # -P: a file called numpy.py in the folder where somebody works must not become ours.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "jackfield_local", "serve", "--port", "0", "--parent-pipe"),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            env={**os.environ, **environment, "JACKFIELD_LOCAL_KEY": key},
        )
        started = cls(process, key)
        try:
            await started._become_ready()
        except BaseException:
            await started.aclose()
            raise
        return started

    async def _become_ready(self) -> None:
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await self.process.stdout.readline()
            self.url = str(json.loads(line)["url"])
        except TimeoutError:
            raise ProviderUnreachable(
                f"the embedded server was not ready within {READY_SECONDS:g} s"
            ) from None
        except (ValueError, KeyError, TypeError):
            await self._ended()
            raise ProviderUnreachable(
                f"the embedded server did not start: {self.last_words or 'it said nothing'}"
            ) from None

    async def _ended(self) -> None:
        """Wait a little for the process and its last words."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.process.wait()
                await self._reading

    @property
    def last_words(self) -> str:
        return " ".join(self._tail).removeprefix("jackfield-local: ")

    async def _read_errors(self) -> None:
        assert self.process.stderr is not None
        while True:
            try:
                line = await self.process.stderr.readline()
            except ValueError:  # a line beyond the limit was dropped
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._tail.append(text)
            log.info("%s", text)

    async def aclose(self) -> None:
        """Close its pipe, and kill it if it stays. Bounded, idempotent; it is gone afterwards."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.process.wait()
        except TimeoutError:
            log.warning("the embedded server (pid %s) did not leave and is killed", self.process.pid)
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
