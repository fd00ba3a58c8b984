"""The clients that are there, each with the session that its calls belong to.

A client over stdio, and one with an `Mcp-Session-Id` (until 2025-11-25), is a visit of its own. Since
2026-07-28 a request over HTTP belongs to no session: all of those are one visit, of whoever may come in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex

from mcp.server.session import ServerSession

MOST_VISITS = 1_000
"""Beyond this the one that was quiet for the longest is ended; it begins anew with its next call."""


@dataclass(eq=False, slots=True)
class Visit:
    """`since` is the moment it began, on the loop's clock; `channel` is the way to tell the client something
    unasked, if it has shown one."""

    since: float
    session_id: str = field(default_factory=lambda: f"mcp_{token_hex(8)}")
    channel: ServerSession | None = None


class Visits:
    """`began` and `ended` are called with each visit."""

    def __init__(self, began: Callable[[Visit], None], ended: Callable[[Visit], None]) -> None:
        self._began = began
        self._ended = ended
        self._visits: OrderedDict[str, Visit] = OrderedDict()

    def of(self, key: str, now: float) -> Visit:
        """The visit of the client that is known by `key`."""
        visit = self._visits.get(key)
        if visit is None:
            visit = self._visits[key] = Visit(now)
            self._began(visit)
            if len(self._visits) > MOST_VISITS:
                self._ended(self._visits.popitem(last=False)[1])
        self._visits.move_to_end(key)
        return visit

    def end(self, key: str) -> None:
        """The client has taken its leave."""
        if visit := self._visits.pop(key, None):
            self._ended(visit)

    def close(self) -> None:
        for key in list(self._visits):
            self.end(key)

    def channels(self) -> list[ServerSession]:
        return [visit.channel for visit in self._visits.values() if visit.channel is not None]
