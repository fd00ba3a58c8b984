"""What the caller hears on a line where the session owns playback, told from what the line reports.

Per response: QUEUED -first sound-> PLAYING -all played, response done-> gone (stopped);
either -cut off-> gone (cleared).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto


class Heard(Enum):
    QUEUED = auto()
    PLAYING = auto()


@dataclass(slots=True)
class Track:
    """One response's sound."""

    state: Heard = Heard.QUEUED
    waiting: set[str] = field(default_factory=set)  # items not yet played out
    done: bool = False  # `response.done` was sent


class Playout:
    """All sound that was handed to the line and has not been played."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}
        self._owner: dict[str, str] = {}

    @property
    def quiet(self) -> bool:
        return not self._tracks

    def queue(self, response_id: str, item_id: str) -> None:
        """Sound of this item was handed over."""
        self._owner[item_id] = response_id
        self._tracks.setdefault(response_id, Track()).waiting.add(item_id)

    def started(self, item_id: str) -> str | None:
        """The response whose sound begins with this item, if it does."""
        response_id = self._owner.get(item_id)
        track = self._tracks.get(response_id or "")
        if track is None or track.state is Heard.PLAYING:
            return None
        track.state = Heard.PLAYING
        return response_id

    def played(self, item_id: str) -> str | None:
        """This item was played out; the response that is silent now, if one is."""
        response_id = self._owner.pop(item_id, "")
        if (track := self._tracks.get(response_id)) is None:
            return None
        track.waiting.discard(item_id)
        return self._ended(response_id, track)

    def cut(self, item_id: str) -> str | None:
        """This item was cut off; the response that is cleared by it, told once."""
        response_id = self._owner.pop(item_id, "")
        return response_id if self._tracks.pop(response_id, None) else None

    def response_done(self, response_id: str) -> str | None:
        """The response if its sound had ended before."""
        if (track := self._tracks.get(response_id)) is None:
            return None
        track.done = True
        return self._ended(response_id, track)

    def _ended(self, response_id: str, track: Track) -> str | None:
        if track.waiting or not track.done:
            return None
        del self._tracks[response_id]
        return response_id
