"""What services really say: the events of whole talks with the embedded server, and with the model of one."""

import json
from typing import Any

import numpy as np

from jackfield_local.engine import effects as orders
from jackfield_local.engine.session import Session
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.speech import Audio, Heard
from tests.conversation.service import Service

Event = dict[str, Any]
TOOL = {"type": "function", "name": "lookup", "description": "Looks it up.", "parameters": {"type": "object"}}
LOUD = (8000 * np.sin(np.arange(480) / 13)).astype("<i2").tobytes()  # 20 ms
SILENT = bytes(960)


class _Loudness:
    """Voice activity: whatever is loud is speech."""

    def probability(self, frame: Audio) -> float:
        return float(np.abs(frame).mean() > 0.01)


class _Talk:
    """The engine of the embedded server, with us for ears, mind, voice and client."""

    def __init__(self) -> None:
        settings = SessionSettings.from_client({"type": "realtime", "tools": [TOOL]})
        self.engine = Session(settings, _Loudness(), plays=True, now=0.0, wall=0.0, seconds=3600.0)
        self.now = 0.0
        self.events: list[Event] = list(self.engine.greeting())
        self.thinking: list[str] = []

    def take(self) -> None:
        for effect in self.engine.effects():
            match effect:
                case orders.Emit(event=event):
                    self.events.append(json.loads(json.dumps(event)))
                case orders.Think(response_id=response_id):
                    self.thinking.append(response_id)
                case orders.Recognise(ticket=ticket):
                    self.engine.heard(ticket, Heard("is my laptop ready", 0.0), self.now)
                    self.take()

    def send(self, kind: str, **fields: object) -> None:
        self.engine.receive(json.dumps({"type": kind, **fields}), self.now)
        self.take()

    def hear(self, sound: bytes, pieces: int) -> None:
        for _ in range(pieces):
            self.now += 0.02
            self.engine.hear(sound, self.now)
            self.take()

    def answer(self, *calls: str) -> None:
        """The response that was asked for says something, and calls these tools."""
        response_id = self.thinking.pop()
        self.engine.said(response_id, "Let me look.", self.now)
        self.engine.sounded(response_id, LOUD * 10, self.now)
        for call in calls:
            self.engine.called(response_id, call, {"number": 1042}, self.now)
        self.engine.thought(response_id, self.now)
        self.take()


def embedded() -> list[Event]:
    """Greeting, speech, a spoken answer with two calls, their outputs, a barge-in, errors."""
    talk = _Talk()
    talk.hear(LOUD, 30)
    talk.hear(SILENT, 60)
    talk.answer("lookup", "lookup")
    for call_id in {event["call_id"] for event in talk.events if "call_id" in event}:
        item = {"type": "function_call_output", "call_id": call_id, "output": "ready"}
        talk.send("conversation.item.create", item=item)
    talk.send("response.create", response={"metadata": {"jackfield_request": "ask_1"}})
    talk.send("response.create")  # refused: one is active
    talk.hear(LOUD, 30)  # over the agent
    talk.hear(SILENT, 60)
    talk.send("response.cancel")
    talk.send("response.cancel")  # refused: nothing to cancel
    talk.send("session.update", session={"type": "realtime", "instructions": "Be brief."})
    talk.send("nonsense")
    return talk.events


def model() -> list[Event]:
    """The same from the model of the service, whose shapes are the least that is promised."""
    service = Service()
    for status in ("completed", "failed", "incomplete"):
        service.speech_starts()
        service.speech_stops()
        service.call(f"call_{status}", "lookup")
        service.call(f"half_{status}", "lookup", status="incomplete")
        service.end(status)
    return list(service.outbox)
