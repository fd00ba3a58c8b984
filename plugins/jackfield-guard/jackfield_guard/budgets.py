"""How often tools may be used in one session."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from fnmatch import fnmatchcase

_EVERYTHING = "*"
_MOST_SESSIONS = 10_000
"""Sessions that are counted at once; beyond that the oldest are forgotten."""


class Budgets:
    """Counts what was allowed. May be asked on any thread."""

    def __init__(self, session: int | None, tools: Mapping[str, int]) -> None:
        self._most = {**({_EVERYTHING: session} if session else {}), **tools}
        self._used: OrderedDict[str, Counter[str]] = OrderedDict()
        self._lock = threading.Lock()

    def refusal(self, session_id: str, tool: str) -> str:
        """Why the tool may not be used once more in this session; "" if it may, which is counted."""
        asked = [pattern for pattern in self._most if fnmatchcase(tool, pattern)]
        with self._lock:
            used = self._used.setdefault(session_id, Counter())
            for pattern in asked:
                if used[pattern] >= self._most[pattern]:
                    return _words(pattern, self._most[pattern])
            used.update(asked)
            if len(self._used) > _MOST_SESSIONS:
                self._used.popitem(last=False)
        return ""

    def forget(self, session_id: str) -> None:
        """The session is over."""
        with self._lock:
            self._used.pop(session_id, None)


def _words(pattern: str, most: int) -> str:
    if pattern == _EVERYTHING:
        return "No more than has been done can be done in one conversation."
    times = "once" if most == 1 else f"{most} times"
    return f"That can be done {times} in one conversation, and it has been."
