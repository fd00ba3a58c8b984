"""Playing what the service says, where the service does not play it itself (§4.6).

Over WebRTC the service plays, and tells when sound begins, ends, or is cut off by the caller. Over a
WebSocket it only hands out the sound, faster than it can be heard; whoever plays it owes the conversation
the same three events, and the service the news of what the caller did not hear any more.

Pure: `take` is called for each 20 ms that are to be heard. Sound is s16le mono at 24 kHz.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from jackfield.calls import Json
from jackfield.media.frames import FRAME_BYTES
from jackfield.media.playout import Finished, Playout, PlayoutEvent, Started

Event = Mapping[str, Json]


@dataclass(slots=True)
class _Spoken:
    """A response with sound: its items that are still to be heard out, and how far it is."""

    items: set[str] = field(default_factory=set)
    audible: bool = False
    complete: bool = False


class Earpiece:
    """`heard` are events for our side, as a service that plays would send them; `told` are events for the
    service. Both are to be taken after each call of a method."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.told: list[Event] = []
        self._playout = Playout()
        self._responses: dict[str, _Spoken] = {}
        self._owners: dict[str, str] = {}
        self._interruptible = True

    @property
    def idle(self) -> bool:
        """Nothing waits to be heard."""
        return self._playout.queued == 0

    def receive(self, event: Event) -> None:
        """Take in an event of the service; anything that is not about sound is let pass."""
        match event.get("type"):
            case "response.output_audio.delta":
                self._play(event)
            case "response.output_audio.done":
                self._react(self._playout.finish(_text(event, "item_id")))
            case "response.done":
                self._complete(_text(_object(event, "response"), "id"))
            case "input_audio_buffer.speech_started" if self._interruptible:
                self._react(self._playout.flush())
            case "session.created" | "session.updated":
                self._interruptible = _interruptible(event)

    def take(self) -> bytes:
        """The next 20 ms; silence where there is nothing."""
        sound, events = self._playout.take(FRAME_BYTES)
        self._react(events)
        return sound

    def _play(self, event: Event) -> None:
        item, response = _text(event, "item_id"), _text(event, "response_id")
        try:
            sound = b64decode(_text(event, "delta"), validate=True)
        except (binascii.Error, ValueError):
            return
        if self._playout.play(item, sound):
            self._owners[item] = response
            self._responses.setdefault(response, _Spoken()).items.add(item)

    def _complete(self, response: str) -> None:
        if spoken := self._responses.get(response):
            spoken.complete = True
            self._settle(response, spoken)

    def _react(self, events: list[PlayoutEvent]) -> None:
        for event in events:
            if event.item_id not in self._owners:
                continue
            response = self._owners[event.item_id]
            spoken = self._responses[response]
            if isinstance(event, Started) and not spoken.audible:
                spoken.audible = True
                self._say("started", response)
            elif isinstance(event, Finished):
                self._over(event, response, spoken)

    def _over(self, event: Finished, response: str, spoken: _Spoken) -> None:
        del self._owners[event.item_id]
        spoken.items.discard(event.item_id)
        if not event.cut:
            self._settle(response, spoken)
            return
        self.told.append(
            {
                "type": "conversation.item.truncate",
                "item_id": event.item_id,
                "content_index": 0,
                "audio_end_ms": event.played_ms,
            }
        )
        if not spoken.items:
            self._responses.pop(response)
            if spoken.audible:
                self._say("cleared", response)

    def _settle(self, response: str, spoken: _Spoken) -> None:
        if spoken.complete and not spoken.items:
            self._responses.pop(response)
            if spoken.audible:
                self._say("stopped", response)

    def _say(self, what: str, response: str) -> None:
        self.heard.append({"type": f"output_audio_buffer.{what}", "response_id": response})


def _interruptible(event: Event) -> bool:
    """Whether the caller's voice cuts the agent off (§2.2)."""
    audio = _object(_object(event, "session"), "audio")
    rule = _object(_object(audio, "input"), "turn_detection")
    return rule.get("interrupt_response") is not False


def _object(value: Event, name: str) -> Event:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(value: Event, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
