"""A session on a stage: time is set by hand, sound is loud or silent, ears and mind are the test."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from jackfield_local.engine import effects as orders
from jackfield_local.engine.audio_formats import to_base64
from jackfield_local.engine.session import Session
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.speech import Audio, Heard

from .oracle import check

Event = dict[str, Any]
Order = TypeVar("Order")


class Loudness:
    """Voice activity: whatever is loud is speech."""

    def probability(self, frame: Audio) -> float:
        return 1.0 if float(np.abs(frame).mean()) > 0.01 else 0.0


def loud(milliseconds: int) -> bytes:
    times = np.arange(milliseconds * 24) / 24_000
    return (8000 * np.sin(2 * np.pi * 300 * times)).astype("<i2").tobytes()


def silent(milliseconds: int) -> bytes:
    return bytes(milliseconds * 48)


class Scene:
    def __init__(self, *, plays: bool = False, seconds: float = 3600.0, **session: object) -> None:
        settings = SessionSettings.from_client({"type": "realtime", **session})
        self.now = 1000.0
        self.session = Session(settings, Loudness(), plays=plays, now=self.now, wall=0.0, seconds=seconds)
        self.events: list[Event] = []
        self.orders: list[orders.Effect] = []
        for event in self.session.greeting():
            check(event)

    def take(self) -> list[Event]:
        """What was emitted since the last time, checked by the official models."""
        for effect in self.session.effects():
            if isinstance(effect, orders.Emit):
                # As a client gets it: over JSON.
                event = json.loads(json.dumps(effect.event))
                check(event)
                self.events.append(event)
            else:
                self.orders.append(effect)
        taken, self.events = self.events, []
        return taken

    def send(self, kind: str, **fields: object) -> list[Event]:
        self.session.receive(json.dumps({"type": kind, **fields}), self.now)
        while self.session.behind:
            self.session.catch_up(self.now)
        return self.take()

    def ordered(self, kind: type[Order]) -> list[Order]:
        """The orders of one kind so far, taken."""
        found = [one for one in self.orders if isinstance(one, kind)]
        self.orders = [one for one in self.orders if not isinstance(one, kind)]
        return found

    def hear(self, pcm: bytes) -> list[Event]:
        """Sound from the caller, in real time, 20 ms at once."""
        for start in range(0, len(pcm), 960):
            self.now += 0.02
            self.session.hear(pcm[start : start + 960], self.now)
        return self.take()

    def append_encoded(self, sound: bytes) -> list[Event]:
        return self.send("input_audio_buffer.append", audio=to_base64(sound))

    def append(self, pcm: bytes) -> list[Event]:
        return self.send("input_audio_buffer.append", audio=to_base64(pcm))

    def understand(self, text: str | None = "hello") -> list[Event]:
        """The ears answer all that was asked of them."""
        for order in self.ordered(orders.Recognise):
            self.session.heard(order.ticket, Heard(text, 0.0) if text is not None else None, self.now)
        return self.take()

    def ask(self, text: str = "Hello", **response: object) -> orders.Think:
        """A typed question, and the order to answer it."""
        self.type(text)
        self.send("response.create", response=response)
        return self.thinks()

    def type(self, text: str, role: str = "user") -> list[Event]:
        part = {"type": "output_text" if role == "assistant" else "input_text", "text": text}
        item = {"type": "message", "role": role, "content": [part]}
        return self.send("conversation.item.create", item=item)

    def thinks(self) -> orders.Think:
        """The one order to think since the last time."""
        self.take()
        (think,) = self.ordered(orders.Think)
        return think

    def say(self, think: orders.Think, text: str, milliseconds: int = 0) -> list[Event]:
        """The mind says a piece, and the voice that much of it."""
        self.session.said(think.response_id, text, self.now)
        if milliseconds:
            self.session.sounded(think.response_id, loud(milliseconds), self.now)
        return self.take()

    def call(self, think: orders.Think, name: str = "look", **arguments: object) -> list[Event]:
        self.session.called(think.response_id, name, arguments, self.now)
        return self.take()

    def done(self, think: orders.Think) -> list[Event]:
        self.session.thought(think.response_id, self.now)
        return self.take()

    def answer(self, text: str = "Hi", milliseconds: int = 500, **response: object) -> Event:
        """A whole response; the message item it made."""
        think = self.ask(**response)
        self.say(think, text, milliseconds)
        return only(self.done(think), "response.done")["response"]["output"][0]


def types(events: list[Event]) -> list[str]:
    return [event["type"] for event in events]


def only(events: list[Event], kind: str) -> Event:
    (event,) = (one for one in events if one["type"] == kind)
    return event


def error(events: list[Event]) -> Event:
    """The one error, and nothing else."""
    assert types(events) == ["error"], types(events)
    found: Event = events[0]["error"]
    return found


def texts(events: list[Event], kind: str) -> Iterator[str]:
    return (one["delta"] for one in events if one["type"] == kind)
