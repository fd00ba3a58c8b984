"""The thread that looks at tool loops from outside, many times a second while there is anything to see.

It sees what waits or computes in Python. C code that keeps the interpreter's lock stops every thread, this
one too, and is over when it looks again: such a tool belongs into a process (`isolation: process`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from jackfield.dispatch.pulse import LOOK_EVERY

QUIET_LOOKS = 40
"""So many looks at nothing before it goes to rest: waking it costs a call more than being looked at."""

log = logging.getLogger(__name__)


class Watchdog:
    """Calls `look` in a thread of its own; `look` returns False when there is nothing to see. After a while
    of that it rests until `wake`."""

    def __init__(self, look: Callable[[], bool]) -> None:
        self._look = look
        self._called = threading.Event()
        self._over = threading.Event()
        self._resting = False
        self._thread = threading.Thread(target=self._watch, name="jackfield-watchdog", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something has begun. From any thread; while the watchdog is awake it costs next to nothing."""
        if self._resting:
            self._called.set()

    def close(self) -> None:
        """End the thread. Idempotent."""
        self._over.set()
        self._called.set()

    def _watch(self) -> None:
        quiet = 0
        while not self._over.wait(LOOK_EVERY):
            quiet = 0 if self._see() else quiet + 1
            if quiet > QUIET_LOOKS:
                self._rest()
                quiet = 0

    def _rest(self) -> None:
        """Whoever begins something either is seen by the last look, or sees that the watchdog rests."""
        self._called.clear()
        self._resting = True
        if not self._over.is_set() and not self._see():
            self._called.wait()
        self._resting = False

    def _see(self) -> bool:
        try:
            return self._look()
        except Exception:
            log.exception("the watchdog could not look")
            return True
