"""What is still to be said on a line, and what has been.

Pure: no clock, no codec. Whoever sends the sound takes 20 ms of it at a time, so the queue knows to the
sample which item has left. Sound is s16le mono at 24 kHz.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

from jackfield.media.frames import FRAME_BYTES, RATE

# Ten minutes: speech is made faster than it is said, and somebody must say stop.
MOST_QUEUED = 600 * RATE * 2
# Items that were cut off may still be sent sound by someone who does not know it yet.
MOST_REMEMBERED = 256

_BYTES_PER_MS = RATE * 2 // 1000


@dataclass(frozen=True, slots=True)
class Started:
    """The first sound of the item left."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The item is over: `played_ms` of it left. `cut` if more of it was, or could have been, to come."""

    item_id: str
    played_ms: int
    cut: bool


PlayoutEvent = Started | Finished


@dataclass(slots=True)
class _Item:
    waiting: int = 0
    played: int = 0
    complete: bool = False


class Playout:
    """Sound in the order it was queued, gapless; silence where there is none. `queued` is in bytes."""

    def __init__(self) -> None:
        self._sound: deque[tuple[str, memoryview]] = deque()
        self._items: OrderedDict[str, _Item] = OrderedDict()
        self._over: OrderedDict[str, None] = OrderedDict()
        self.queued = 0

    def play(self, item_id: str, pcm: bytes) -> bool:
        """Queue sound of an item. False, and nothing queued, if the item is over or the queue is full."""
        whole = pcm[: len(pcm) & ~1]
        if item_id in self._over or self.queued + len(whole) > MOST_QUEUED:
            return False
        item = self._items.setdefault(item_id, _Item())
        if whole:
            self._sound.append((item_id, memoryview(whole)))
            item.waiting += len(whole)
            self.queued += len(whole)
        return True

    def finish(self, item_id: str) -> list[PlayoutEvent]:
        """No more of this item will come. `Finished` is returned if all of it has left already."""
        if item_id in self._over:
            return []
        item = self._items.setdefault(item_id, _Item())
        item.complete = True
        return [] if item.waiting else [self._end(item_id, cut=False)]

    def flush(self) -> list[PlayoutEvent]:
        """Drop everything. Each item that was not over is, from now on; what still comes of it is dropped."""
        self._sound.clear()
        self.queued = 0
        return [self._end(item_id, cut=True) for item_id in list(self._items)]

    def take(self, size: int = FRAME_BYTES) -> tuple[bytes, list[PlayoutEvent]]:
        """The next `size` bytes to send, and what happens with them."""
        frame = bytearray()
        events: list[PlayoutEvent] = []
        while self._sound and len(frame) < size:
            item_id, sound = self._sound.popleft()
            piece, rest = sound[: size - len(frame)], sound[size - len(frame) :]
            if rest:
                self._sound.appendleft((item_id, rest))
            frame += piece
            events += self._leave(item_id, len(piece))
        return bytes(frame).ljust(size, b"\0"), events

    def _leave(self, item_id: str, size: int) -> list[PlayoutEvent]:
        item = self._items[item_id]
        events: list[PlayoutEvent] = [] if item.played else [Started(item_id)]
        item.played += size
        item.waiting -= size
        self.queued -= size
        if item.complete and not item.waiting:
            events.append(self._end(item_id, cut=False))
        return events

    def _end(self, item_id: str, *, cut: bool) -> Finished:
        item = self._items.pop(item_id)
        self._over[item_id] = None
        if len(self._over) > MOST_REMEMBERED:
            self._over.popitem(last=False)
        return Finished(item_id, item.played // _BYTES_PER_MS, cut)
