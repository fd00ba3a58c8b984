"""The event that tells a tool that nobody waits for its result any more."""

from __future__ import annotations

import threading


class Cancelled(threading.Event):
    """An event that is made when somebody waits for it: every function call has one, few look at it, and a
    condition with its lock is no small thing to make."""

    def __init__(self) -> None:
        self._happened = False
        self._waited_for: dict[str, threading.Event] = {}

    def is_set(self) -> bool:
        return self._happened

    def set(self) -> None:
        self._happened = True
        if (event := self._waited_for.get("")) is not None:
            event.set()

    def clear(self) -> None:
        self._happened = False
        if (event := self._waited_for.get("")) is not None:
            event.clear()

    def wait(self, timeout: float | None = None) -> bool:
        # One event, whoever comes first; and only then a look, so that no `set` is missed.
        event = self._waited_for.setdefault("", threading.Event())
        if self._happened:
            event.set()
        return event.wait(timeout)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {'set' if self._happened else 'unset'}>"
