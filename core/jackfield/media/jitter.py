"""Order for packets that the network delivered out of order.

Nothing is held back on a network that keeps the order: a packet that is next is passed on at once. After
a gap, later packets wait until the missing one comes or `DEPTH` of them are there; then the missing one
is lost. Since one packet comes out for each that goes in, what waits never exceeds `DEPTH - 1` packets,
40 ms, whatever the network does. (The buffer that aiortc brings waits 80 ms from the start, and 280 ms
from the first lost packet to the end of the call.)
"""

from __future__ import annotations

from typing import Generic, TypeVar

DEPTH = 3
# Farther away than ten seconds of sound is not disorder: the sender began anew.
FAR = 500
# This many packets from the past in a row mean the same.
STALE = 25

T = TypeVar("T")


class JitterBuffer(Generic[T]):
    """Put packets in, take them out in order, each once. `number` is the 16-bit RTP sequence number."""

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._waiting: dict[int, T] = {}
        self._next: int | None = None
        self._highest = 0
        self._stale = 0
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, number: int, packet: T) -> T | None:
        """Take a packet that arrived, and give the one whose turn it is, if there is one."""
        place = self._place(number)
        if self._next is None or abs(place - self._highest) > FAR:
            self._begin(place)
        elif place < self._next:
            self._stale += 1
            if self._stale < STALE:
                return None
            self._begin(place)
        self._stale = 0
        self._waiting[place] = packet
        self._highest = max(self._highest, place)
        return self._take()

    def _place(self, number: int) -> int:
        """The sequence number without its wrap at 65,536: the place nearest to the highest so far."""
        return self._highest + ((number - self._highest + 0x8000) & 0xFFFF) - 0x8000

    def _begin(self, place: int) -> None:
        self._waiting.clear()
        self._next = self._highest = place

    def _take(self) -> T | None:
        turn = self._next
        assert turn is not None
        if turn not in self._waiting:
            if len(self._waiting) < self._depth:
                return None
            first = min(self._waiting)
            self.lost += first - turn
            turn = first
        self._next = turn + 1
        return self._waiting.pop(turn)
