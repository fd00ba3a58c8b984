"""The log of what happened: a file of JSON lines, without personal data."""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from jackfield.errors import PluginError
from jackfield_guard.redaction import Redaction

log = logging.getLogger(__name__)

_MOST_WAITING = 10_000
_CLOSING_SECONDS = 2.0


class AuditLog:
    """Lines are written by a thread of its own: nobody waits for a disk. With too many waiting, or a disk
    that takes none, lines are left out, and the log says so."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        redaction: Redaction | None = None,
    ) -> None:
        """Raises `PluginError` for a file that cannot be written to."""
        self._clock = clock
        self._redaction = redaction or Redaction()
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._left_out = 0
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise PluginError(f"plugins.guard.audit: {path} cannot be written: {error.strerror}") from None
        self._file = os.fdopen(descriptor, "a", encoding="utf-8")
        self._thread = threading.Thread(target=self._write, name="jackfield-guard-audit", daemon=True)
        self._thread.start()

    def add(self, event: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Never waits, never raises."""
        line = {"at": self._clock().isoformat(timespec="milliseconds"), "event": event, "session": session_id}
        text = json.dumps(
            {**line, **{name: self._redaction.of(value) for name, value in facts.items()}},
            ensure_ascii=False,
            default=str,
        )
        try:
            self._lines.put_nowait(text)
        except queue.Full:
            self._miss("too many wait to be written")

    def close(self) -> None:
        """Write what waits, within bounds. Idempotent."""
        if self._thread.is_alive():
            try:
                self._lines.put(None, timeout=_CLOSING_SECONDS)
            except queue.Full:
                return
            self._thread.join(_CLOSING_SECONDS)

    def _write(self) -> None:
        with self._file:
            while (line := self._lines.get()) is not None:
                try:
                    self._file.write(line + "\n")
                    self._file.flush()
                except OSError as error:
                    self._miss(str(error.strerror))

    def _miss(self, reason: str) -> None:
        self._left_out += 1
        if str(self._left_out).strip("0") == "1":
            log.error("%d lines are missing in the audit log: %s", self._left_out, reason)
