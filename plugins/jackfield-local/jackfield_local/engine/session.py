"""One Realtime session, decided: every input comes with its time, every consequence is an effect."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from jackfield_local.speech import Heard, VoiceActivity

from .audio_formats import from_base64
from .client_events import AnyClientEvent, ResponseOptions, decode, parse
from .client_requests import serve
from .effects import Close, Effect, Emit
from .errors import SERVER_ERROR, Fault, session_expired
from .ids import new_id
from .items import Conversation, Item
from .listener import CHUNK_BYTES, Listener
from .outbox import Outbox
from .plans import unheard
from .playout import Playout
from .responder import Responder
from .session_settings import SessionSettings
from .shapes import Event
from .turns import Started, Stopped

log = logging.getLogger(__name__)

DEFAULT_SECONDS = 60 * 60.0
AT_ONCE_BYTES = 48_000  # a second of sound: listening to it takes some milliseconds
GOING_AWAY = 1001


class Session:
    """The state of one session and of everything in it.

    `plays` is True where the session owns playback (WebRTC): sound is ordered to the line, and the line's
    reports become `output_audio_buffer.*`. `now` is any steadily rising clock in seconds; `wall` is unix
    time at the start, for `expires_at`.
    """

    def __init__(
        self,
        settings: SessionSettings,
        activity: VoiceActivity,
        *,
        plays: bool,
        now: float,
        wall: float,
        seconds: float = DEFAULT_SECONDS,
    ) -> None:
        self.id = new_id("sess")
        self.settings = settings
        self.outbox = Outbox()
        self.conversation = Conversation()
        self.playout = Playout() if plays else None
        self.responder = Responder(settings, self.conversation, self.outbox, self.playout)
        self.listener = Listener(settings, self.conversation, self.outbox, activity)
        self._seconds = seconds
        self._expires = now + seconds
        self._expires_at = int(wall + seconds)
        self._idle: tuple[float, int] | None = None  # when the idle timeout is over; audio time it began
        self._unheard = bytearray()

    def effects(self) -> list[Effect]:
        """What is to be done now, in order. Call after every input."""
        return self.outbox.drain()

    def greeting(self) -> list[Event]:
        """The first events of a client that joins."""
        conversation: Event = {"id": self.conversation.id, "object": "realtime.conversation"}
        return [
            {"type": "session.created", "event_id": new_id("event"), "session": self.echo()},
            {"type": "conversation.created", "event_id": new_id("event"), "conversation": conversation},
        ]

    def echo(self) -> Event:
        kind = "realtime.session" if self.settings.responds else "realtime.transcription_session"
        return {**self.settings.echo(), "id": self.id, "object": kind, "expires_at": self._expires_at}

    # What clients and the caller do

    def receive(self, text: str, now: float) -> None:
        """One message of a client. A fault becomes an `error` event; nothing raises."""
        event: Event = {}
        try:
            event = decode(text)
            self.serve(parse(event), now)
        except Fault as fault:
            self._refuse(fault, event)
        except Exception:
            log.exception("session %s could not serve %s", self.id, event.get("type"))
            self._refuse(Fault("The server had an error while serving this event.", kind=SERVER_ERROR), event)

    def serve(self, event: AnyClientEvent, now: float) -> None:
        """Raises `Fault`."""
        serve(self, event, now)
        self.responder.think(now)

    def _refuse(self, fault: Fault, event: Event) -> None:
        event_id = event.get("event_id")
        named = event_id if isinstance(event_id, str) else None
        self.outbox.emit("error", error={**fault.body(), "event_id": named})

    def create_response(self, options: ResponseOptions, now: float) -> None:
        """Raises `Fault`."""
        response = self.responder.create(options, now)
        self._idle = None
        for item in unheard(response.plan.given or []):
            self.listener.await_words(item)

    def append(self, base64: str, now: float) -> None:
        """Sound from a client event, in the session's input format. Raises `Fault`."""
        self.hear(self.listener.decode(from_base64(base64, "audio")), now)

    def hear(self, pcm: bytes, now: float) -> None:
        """Sound from the caller, s16le at 24 kHz. What is longer than a second waits for `catch_up`."""
        self._unheard += pcm
        self.catch_up(now)

    @property
    def behind(self) -> bool:
        """Whether sound waits to be heard."""
        return bool(self._unheard)

    def catch_up(self, now: float) -> None:
        """Hear the next second: nothing else should wait for more than that."""
        pcm = bytes(self._unheard[:AT_ONCE_BYTES])
        del self._unheard[:AT_ONCE_BYTES]
        for start in range(0, len(pcm), CHUNK_BYTES):
            for sign in self.listener.feed(pcm[start : start + CHUNK_BYTES]):
                if isinstance(sign, Started):
                    self._speech_started()
                elif isinstance(sign, Stopped):
                    self._speech_stopped(sign, now)

    def _speech_started(self) -> None:
        self._idle = None
        rule = self.settings.turn_rule
        if rule is not None and rule.interrupt_response:
            self.responder.interrupt()

    def _speech_stopped(self, sign: Stopped, now: float) -> None:
        item = self.listener.end_turn(sign)
        rule = self.settings.turn_rule
        if item is not None and rule is not None and rule.create_response:
            self._answer(sign.silence_ms / 1000, now)

    def _answer(self, silence: float | None, now: float) -> None:
        """A response of the session's own accord; `silence` is how long the end of the turn took."""
        if not self.settings.responds:
            return
        try:
            response = self.responder.create(ResponseOptions(), now)
        except Fault as fault:
            self._refuse(fault, {})
            return
        if silence is not None:
            response.latency.parts["end_of_turn"] = silence
        self._idle = None
        self.responder.think(now)

    # What ears, mind and voice report

    def heard(self, ticket: str, heard: Heard | None, now: float) -> None:
        if self.listener.heard(ticket, heard):
            self.responder.think(now)

    def said(self, response_id: str, text: str, now: float) -> None:
        self.responder.said(response_id, text, now)

    def sounded(self, response_id: str, pcm: bytes, now: float) -> None:
        """s16le at 24 kHz."""
        self.responder.sounded(response_id, pcm, now)

    def called(self, response_id: str, name: str, arguments: Mapping[str, object], now: float) -> None:
        self.responder.called(response_id, name, arguments, now)

    def thought(self, response_id: str, now: float) -> None:
        """The response is complete."""
        self.responder.thought(response_id)
        self._await_caller(now)

    def failed(self, response_id: str, code: str, message: str, now: float) -> None:
        self.responder.failed(response_id, code, message)
        self._await_caller(now)

    # What the line reports

    def pressed(self, key: str, wall: float) -> None:
        """A key of the phone, at this unix time. The one event without an `event_id` (§4)."""
        event = {"type": "input_audio_buffer.dtmf_event_received", "event": key, "received_at": int(wall)}
        self.outbox.order(Emit(event))

    def play_started(self, item_id: str) -> None:
        if self.playout is not None and (response_id := self.playout.started(item_id)):
            self.outbox.emit("output_audio_buffer.started", response_id=response_id)

    def play_finished(self, item_id: str, played_ms: int, cut: bool, now: float) -> None:
        if self.playout is None:
            return
        if not cut:
            if response_id := self.playout.played(item_id):
                self.outbox.emit("output_audio_buffer.stopped", response_id=response_id)
                self._await_caller(now)
            return
        if response_id := self.playout.cut(item_id):
            self.outbox.emit("output_audio_buffer.cleared", response_id=response_id)
        item = self.conversation.get(item_id)
        if item is not None:
            self._truncate_cut(item, played_ms)

    def _truncate_cut(self, item: Item, played_ms: int) -> None:
        end = min(played_ms, item.audio_ms)
        item.cut(end)
        self.outbox.emit("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=end)

    # Time

    @property
    def deadline(self) -> float:
        """When `tick` is due."""
        return min(self._expires, self._idle[0]) if self._idle else self._expires

    def tick(self, now: float) -> None:
        if now >= self._expires:
            self.outbox.emit("error", error={**session_expired(self._seconds / 60).body(), "event_id": None})
            self.outbox.order(Close(GOING_AWAY, "session_expired"))
            self._expires = float("inf")
        elif self._idle and now >= self._idle[0]:
            start_ms, self._idle = self._idle[1], None
            self.listener.commit_silence(start_ms)
            self._answer(None, now)

    def _await_caller(self, now: float) -> None:
        """Start the idle timeout once the agent has been heard to the end."""
        rule = self.settings.turn_rule
        if rule is None or rule.idle_timeout_ms is None or self.listener.speaking:
            return
        if self.responder.active or not (self.playout is None or self.playout.quiet):
            return
        _, sound_ms = self.responder.last_done or ("", 0)
        playing = sound_ms / 1000 if self.playout is None else 0.0
        self._idle = now + playing + rule.idle_timeout_ms / 1000, self.listener.clock_ms
