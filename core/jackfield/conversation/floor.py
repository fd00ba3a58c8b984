"""Who holds the floor: the caller, a response, the sound still going out, or nobody."""

from __future__ import annotations

from collections import deque

from jackfield.conversation.states import PATIENCE, RESPONSE, Playback, Response, Signal, User
from jackfield.protocol.server_events import ResponseCreated, ResponseDone

_SPEAKING = (Response.ACTIVE, Response.CROSSED, Response.YIELDING)

MOST_REMEMBERED = 64
"""So many ended responses are remembered, to ignore what comes late or twice about them."""


class Floor:
    """The three machines of the floor. Every method takes `now` and none of them waits.

    `quiet_since` is the moment the line last fell silent, as far as we know.
    """

    def __init__(self) -> None:
        self.user = User.SILENT
        self.playback = Playback.QUIET
        self.response = Response.NONE
        self.service_answers_turns = True
        self.quiet_since = 0.0
        self._since = 0.0
        self._response_id = ""
        self._begun: deque[str] = deque(maxlen=MOST_REMEMBERED)
        self._ended: deque[str] = deque(maxlen=MOST_REMEMBERED)

    @property
    def free(self) -> bool:
        """Nobody speaks, and no response is there or on its way: one may be asked for."""
        return self.user is User.SILENT and self.response is Response.NONE

    @property
    def quiet(self) -> bool:
        """`free`, and no sound goes out either."""
        return self.free and self.playback is Playback.QUIET

    @property
    def responding(self) -> bool:
        """A response is being made."""
        return self.response in _SPEAKING

    @property
    def agent_has_it(self) -> bool:
        """The agent speaks, or is about to: a caller who speaks now is barging in."""
        return self.playback is Playback.PLAYING or self.responding

    @property
    def deadline(self) -> float | None:
        """When patience ends with a service that owes us an event."""
        patience = PATIENCE.get(self.response)
        return None if patience is None else self._since + patience

    def caller_speaks(self, now: float) -> None:
        self.user = User.SPEAKING
        self.quiet_since = now

    def caller_stops(self, now: float) -> None:
        self.user = User.SILENT
        self.quiet_since = now
        if self.service_answers_turns:
            self.signal(Signal.TURN_ENDED, now)

    def sound(self, playback: Playback, now: float) -> None:
        self.playback = playback
        self.quiet_since = now

    def signal(self, signal: Signal, now: float) -> None:
        """Move the response machine by its table."""
        target = RESPONSE.get((self.response, signal))
        if target is not None:
            self.response = target
            self._since = now

    def begins(self, event: ResponseCreated, ours: bool, now: float) -> bool:
        """Take in `response.created`, which answers our request or not; False for one that is out-of-band,
        repeated or long over."""
        if event.out_of_band or self._knows(event.response_id):
            return False
        self._response_id = event.response_id
        self._begun.append(event.response_id)
        self.signal(Signal.ANSWERED if ours else Signal.CREATED, now)
        return True

    def ends(self, event: ResponseDone, now: float) -> bool:
        """Take in `response.done`; False for one that is out-of-band, repeated or superseded."""
        superseded = self._response_id not in ("", event.response_id)
        if event.out_of_band or event.response_id in self._ended or superseded:
            return False
        if event.response_id:
            self._ended.append(event.response_id)
        self._response_id = ""
        self.quiet_since = now
        self.signal(Signal.DONE, now)
        return True

    def lose_sight(self, now: float) -> None:
        """The sideband is gone, and what we knew of the service is worth nothing."""
        self.user = User.SILENT
        self.playback = Playback.QUIET
        self._response_id = ""
        self.signal(Signal.LOST, now)

    def look_again(self, now: float) -> None:
        """The sideband is there; what has happened meanwhile is not known yet."""
        self.quiet_since = now
        self.signal(Signal.BACK, now)

    def _knows(self, response_id: str) -> bool:
        return response_id != "" and (response_id in self._begun or response_id in self._ended)
