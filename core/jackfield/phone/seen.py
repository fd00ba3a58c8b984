"""What was received already: a service that is not sure whether it was heard says it again."""

from __future__ import annotations

from jackfield.phone.signature import TOLERANCE

KEPT = 2 * TOLERANCE + 60
"""Seconds. A repetition that is older than the tolerance is refused for that."""

MOST = 10_000


class Seen:
    """Names, kept for `KEPT` seconds; of more than `MOST` the latest. `now` never goes back."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def is_new(self, name: str, now: float) -> bool:
        """Whether this name comes for the first time; from now on it does not."""
        self._forget(now)
        if name in self._since:
            return False
        self._since[name] = now
        return True

    def _forget(self, now: float) -> None:
        while self._since:
            oldest = next(iter(self._since))
            if self._since[oldest] + KEPT > now and len(self._since) < MOST:
                return
            del self._since[oldest]
