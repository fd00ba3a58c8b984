"""The last words of a child process: the tail of what it wrote to stderr."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self, TextIO

LINES = 8
LINE_LENGTH = 300

logger = logging.getLogger(__name__)


class StderrTail:
    """A pipe for one child's stderr; of what it writes the last lines are kept, and all goes to the log, each
    line as `clean` gives it.

    A child needs a real file descriptor, and a file would grow for as long as the child lives. The pipe
    is read by a thread, which works on every platform; it ends when the last process that holds the
    writing end is gone, be it a grandchild.
    """

    def __init__(self, server: str, clean: Callable[[str], str] = str) -> None:
        self._server = server
        self._clean = clean
        self._lines: deque[str] = deque(maxlen=LINES)
        reading, writing = os.pipe()
        self.writer: TextIO = os.fdopen(writing, "w")
        self._reader = Thread(target=self._read, args=(reading,), name=f"stderr of {server}", daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()

    def text(self, patience: float) -> str:
        """The last lines, one string. Call it after leaving: waits at most `patience` seconds for what is
        still in the pipe, which is nothing once the child is gone."""
        if self._reader.is_alive():
            self._reader.join(patience)
        return "\n".join(self._lines)

    def _read(self, descriptor: int) -> None:
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                if words := self._clean(line.rstrip())[:LINE_LENGTH]:
                    self._lines.append(words)
                    logger.debug("%s: %s", self._server, words)
