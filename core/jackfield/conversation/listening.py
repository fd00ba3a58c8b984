"""Which event matters to what: the table between the wire's facts and the conversation's decisions."""

from __future__ import annotations

from abc import ABC, abstractmethod

from jackfield import notices
from jackfield.conversation.floor import Floor
from jackfield.conversation.orders import Orders
from jackfield.conversation.states import Playback
from jackfield.protocol.client_events import REQUEST, Control
from jackfield.protocol.server_events import (
    CallerTranscribed,
    ErrorReported,
    Item,
    ItemAdded,
    ItemBegun,
    ItemDone,
    ItemRetrieved,
    KeyReceived,
    PlaybackStarted,
    PlaybackStopped,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionDescribed,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    TranscriptDone,
    Unknown,
)

SHORTEST_TURN = 0.2
"""Seconds. A button that was touched by mistake is held for less; the service takes no turn below 0.1 s."""


class Listening(ABC):
    """The half of a conversation that takes in events: keeps the floor, tells the observers, and hands
    what needs a decision to the methods below it."""

    def __init__(self, floor: Floor, orders: Orders) -> None:
        self._floor = floor
        self._orders = orders
        self.turns = 0  # how often the caller has spoken, or typed
        self._held_since: float | None = None
        self._unanswered = False  # a turn that was held, since no response has begun

    def hear(self, event: ServerEvent, now: float) -> None:
        """Take in one event; anything unknown is let pass."""
        match event:
            case SessionDescribed(session):
                self._floor.service_answers_turns = _answers_turns(session)
            case SpeechStarted():
                self._speech_started(now)
            case SpeechStopped():
                self.turns += 1
                self._floor.caller_stops(now)
                self._orders.note(notices.CallerStoppedSpeaking(now))
            case ItemAdded(item):
                self._item_added(item, now)
            case ItemDone(item, response_id) if response_id:
                # An item of no response may be anybody's: a browser can add function calls, too.
                self._call_requested(item, now)
            case ResponseCreated() | ResponseDone():
                self._hear_response(event, now)
            case ErrorReported():
                self._error_reported(event, now)
            case KeyReceived(key):
                self._key_pressed(key, now)
            case ItemBegun() | ItemRetrieved() | ItemDone() | Unknown():
                pass
            case _:
                self._hear_sound(event, now)

    @property
    def listens_for_no_turns(self) -> bool:
        """Whether the service has said that it leaves the ends of turns to us."""
        return not self._floor.service_answers_turns

    def press(self, now: float) -> None:
        """The caller holds the button: what is heard from now on is their turn, and the agent is silent."""
        if self._held_since is not None:
            return
        self._held_since = now
        if self._floor.agent_has_it:
            self._orders.send(Control("response.cancel"))
            self._orders.send(Control("output_audio_buffer.clear"))
        self._orders.send(Control("input_audio_buffer.clear"))
        self._speech_started(now)

    def release(self, now: float) -> None:
        """The caller lets go of it: that was their turn, if it was long enough for a word."""
        if self._held_since is None:
            return
        held, self._held_since = now - self._held_since, None
        self._floor.caller_stops(now)
        self._orders.note(notices.CallerStoppedSpeaking(now))
        if held >= SHORTEST_TURN:
            self.turns += 1
            self._unanswered = True
            self._orders.send(Control("input_audio_buffer.commit"))
            self._turn_taken(now)

    def _speech_started(self, now: float) -> None:
        barging_in = self._floor.agent_has_it
        self._floor.caller_speaks(now)
        self._orders.note(notices.CallerStartedSpeaking(now))
        if barging_in:
            self._barge_in(now)

    def _hear_response(self, event: ResponseCreated | ResponseDone, now: float) -> None:
        if isinstance(event, ResponseCreated):
            if self._floor.begins(event, self._is_ours(event), now):
                self._orders.note(notices.ResponseStarted(now, event.response_id))
                self._unanswered = False
                self._response_began(event, now)
            return
        request = event.metadata.get(REQUEST, "")
        begun = ResponseCreated(event.response_id, event.out_of_band, request)
        if request and self._floor.begins(begun, self._is_ours(begun), now):
            self._orders.note(notices.ResponseStarted(now, event.response_id))
            self._began_unseen(event, request, now)
        if self._floor.ends(event, now):
            reason = event.reason or event.message or event.code
            metadata = dict(event.metadata)
            self._orders.note(
                notices.ResponseFinished(now, event.response_id, event.status, reason, metadata)
            )
            for item in event.calls:
                self._call_requested(item, now)
            self._response_ended(event, now)
            if self._unanswered:
                self._turn_taken(now)

    def _hear_sound(self, event: ServerEvent, now: float) -> None:
        match event:
            case PlaybackStarted(response_id):
                self._floor.sound(Playback.PLAYING, now)
                self._orders.note(notices.AgentStartedSpeaking(now, response_id))
            case PlaybackStopped(response_id, cleared):
                self._floor.sound(Playback.QUIET, now)
                self._orders.note(notices.AgentStoppedSpeaking(now, response_id, cleared))
            case CallerTranscribed(item_id, text):
                self._orders.note(notices.CallerSaid(now, item_id, text))
            case TranscriptDelta(item_id, delta):
                self._orders.note(notices.AgentSaying(now, item_id, delta))
            case TranscriptDone(item_id, text):
                self._orders.note(notices.AgentSaid(now, item_id, text))

    @abstractmethod
    def _turn_taken(self, now: float) -> None:
        """The caller has had a turn that the service does not answer by itself."""

    @abstractmethod
    def _barge_in(self, now: float) -> None: ...

    @abstractmethod
    def _key_pressed(self, key: str, now: float) -> None: ...

    @abstractmethod
    def _call_requested(self, item: Item, now: float) -> None: ...

    @abstractmethod
    def _item_added(self, item: Item, now: float) -> None: ...

    @abstractmethod
    def _is_ours(self, event: ResponseCreated) -> bool: ...

    @abstractmethod
    def _response_began(self, event: ResponseCreated, now: float) -> None: ...

    @abstractmethod
    def _began_unseen(self, event: ResponseDone, request_id: str, now: float) -> None:
        """A response ends that nobody saw begin; it answers the request of this name, if that is ours."""

    @abstractmethod
    def _response_ended(self, event: ResponseDone, now: float) -> None: ...

    @abstractmethod
    def _error_reported(self, error: ErrorReported, now: float) -> None: ...


def _answers_turns(session: object) -> bool:
    """Whether the service makes a response by itself when the caller's turn ends (§2.2)."""
    for name in ("audio", "input", "turn_detection"):
        if not isinstance(session, dict) or name not in session:
            return True  # not said: the service's default is to answer
        session = session[name]
    return isinstance(session, dict) and session.get("create_response") is not False
