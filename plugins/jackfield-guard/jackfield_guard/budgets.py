"""How often tools may be used in one session, and how fast."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from time import monotonic

_EVERYTHING = "*"
_MOST_SESSIONS = 10_000
"""Sessions that are counted at once; beyond that the oldest are forgotten."""


_MINUTE = 60.0


@dataclass(slots=True)
class _Used:
    """What one session has used: how often, by pattern, and the moments of the last minute."""

    times: Counter[str] = field(default_factory=Counter)
    moments: deque[float] = field(default_factory=deque)


class Budgets:
    """Counts what was allowed. May be asked on any thread. `clock` tells seconds."""

    def __init__(
        self,
        session: int | None,
        tools: Mapping[str, int],
        minute: int | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._minute = minute
        self._clock = clock
        self._most = {**({_EVERYTHING: session} if session else {}), **tools}
        self._used: OrderedDict[str, _Used] = OrderedDict()
        self._lock = threading.Lock()

    def refusal(self, session_id: str, tool: str) -> str:
        """Why the tool may not be used once more in this session; "" if it may, which is counted."""
        asked = [pattern for pattern in self._most if fnmatchcase(tool, pattern)]
        with self._lock:
            used = self._used.setdefault(session_id, _Used())
            for pattern in asked:
                if used.times[pattern] >= self._most[pattern]:
                    return _words(pattern, self._most[pattern])
            if self._too_fast(used):
                return "Too much is being asked at once; it can be done in a minute."
            used.times.update(asked)
            if len(self._used) > _MOST_SESSIONS:
                self._used.popitem(last=False)
        return ""

    def _too_fast(self, used: _Used) -> bool:
        """Whether the last minute is full; if it is not, this moment belongs to it."""
        if self._minute is None:
            return False
        now = self._clock()
        while used.moments and used.moments[0] <= now - _MINUTE:
            used.moments.popleft()
        if len(used.moments) >= self._minute:
            return True
        used.moments.append(now)
        return False

    def forget(self, session_id: str) -> None:
        """The session is over."""
        with self._lock:
            self._used.pop(session_id, None)


def _words(pattern: str, most: int) -> str:
    if pattern == _EVERYTHING:
        return "No more than has been done can be done in one conversation."
    times = "once" if most == 1 else f"{most} times"
    return f"That can be done {times} in one conversation, and it has been."
