"""What this process logs, without personal data.

A filter would hold for one logger or one handler; records are made in one place for all of them. What is
taken out there is in no file, no console and no exporter. Not covered: output that is not logged (`print`),
and attributes that a program adds to its records.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from jackfield_guard.redaction import Redaction

Factory = Callable[..., logging.LogRecord]

_formatter = logging.Formatter()


class RedactedRecords:
    """From `install` to `remove`. Whoever replaces the factory after that replaces this one too."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._before: Factory | None = None

    def install(self) -> None:
        self._before = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._make)

    def remove(self) -> None:
        if self._before is not None and logging.getLogRecordFactory() == self._make:
            logging.setLogRecordFactory(self._before)
        self._before = None

    def _make(self, *args: object, **more: object) -> logging.LogRecord:
        before: Factory = self._before or logging.LogRecord
        record = before(*args, **more)
        try:
            record.msg, record.args = self._redaction.text(record.getMessage()), ()
        except Exception:
            return record  # logging tells of a message that does not fit its arguments by itself
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = self._redaction.text(_formatter.formatException(record.exc_info))
        return record
