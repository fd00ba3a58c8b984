"""Those who listen to notices, each at its own pace."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from queue import SimpleQueue
from time import monotonic

from jackfield.notices import Notice
from jackfield.plugins.hooks import Failures, Hook

MOST_WAITING = 10_000
"""Notices that may wait for one plugin; further ones are lost to it."""

CLOSING_SECONDS = 2.0
"""How long all plugins together may take, at the end, for what they have not heard yet."""

News = tuple[Notice, str]


class Listener:
    """One plugin's `notice`, called in a thread that is started when there is something to hear."""

    def __init__(self, hook: Hook, failures: Failures) -> None:
        self.hook = hook
        self._failures = failures
        self._news: SimpleQueue[News | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def tell(self, notice: Notice, session_id: str) -> None:
        """Never waits."""
        if self._thread is None:
            name = f"jackfield-notices-{self.hook.plugin}"
            self._thread = threading.Thread(target=self._listen, name=name, daemon=True)
            self._thread.start()
        if self._news.qsize() < MOST_WAITING:
            self._news.put((notice, session_id))
        else:
            self._failures.count(self.hook, f"is {MOST_WAITING} notices behind, and loses some")

    def leave(self) -> None:
        """Nothing more will come."""
        self._news.put(None)

    def wait(self, seconds: float) -> None:
        """Until it has heard everything."""
        if self._thread is not None:
            self._thread.join(max(seconds, 0.0))

    def hear(self, notice: Notice, session_id: str) -> None:
        """Call the hook; what it raises is logged."""
        try:
            self.hook({"notice": notice, "session_id": session_id})
        except Exception as error:
            self._failures.count(self.hook, "failed", error)

    def _listen(self) -> None:
        while (news := self._news.get()) is not None:
            self.hear(*news)


class Audience:
    """`ours` are told at once, since they are known to be fast; `others` hear in threads of their own, so
    that what hangs or is slow there holds up no session."""

    def __init__(self, ours: Iterable[Hook], others: Iterable[Hook], failures: Failures) -> None:
        self._ours = [Listener(hook, failures) for hook in ours]
        self._others = [Listener(hook, failures) for hook in others]

    def tell(self, notice: Notice, session_id: str) -> None:
        for listener in self._ours:
            listener.hear(notice, session_id)
        for listener in self._others:
            listener.tell(notice, session_id)

    def become(self, other: Audience) -> None:
        """Have the listeners of the other one; whoever is in both goes on hearing all in order."""
        known = {id(listener.hook): listener for listener in self._others}
        self._ours = other._ours
        self._others = [known.pop(id(listener.hook), listener) for listener in other._others]
        for listener in known.values():
            listener.leave()

    def close(self) -> None:
        """Wait at most a moment for all of them."""
        end = monotonic() + CLOSING_SECONDS
        for listener in self._others:
            listener.leave()
        for listener in self._others:
            listener.wait(end - monotonic())
