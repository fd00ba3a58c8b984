"""Events as no service should send them: real ones, out of order, repeated, lost, mixed up and broken."""

import copy
import json
import re
from random import Random
from typing import Any

from jackfield.conversation.service_errors import BENIGN
from tests.storm.ladders import Event, embedded, model

JUNK: list[Any] = [
    *(None, True, 0, -1, 1e308, "", "call_1", "x" * 5_000, "\ud800", "ä\0"),
    *([], [[[]]], {}, {"id": None}, ["a", 1, None]),
]
GARBAGE = ["", "null", "[]", "3", '"text"', "{", '{"type":', "[" * 5_000, '{"type": {"a": 1}}', "\0", "NaN"]
NAMES = ("id", "call_id", "response_id", "item_id", "event_id", "name", "status", "conversation_id", "code")
"""Fields in which one real value may stand for another."""

_IDS = re.compile(r'"(item|call|resp|event)_')


class Disorder:
    """Endless, and the same for the same seed. `ends_sessions` says whether errors may be fatal ones."""

    def __init__(self, seed: str, *, ends_sessions: bool) -> None:
        self.random = Random(seed)
        self._ends_sessions = ends_sessions
        self._ladders = [embedded(), model()]
        events = [event for ladder in self._ladders for event in ladder]
        self._types = [*sorted({event["type"] for event in events}), "response.something.new"]
        self._values: dict[str, list[Any]] = {name: [] for name in NAMES}
        for event in events:
            self._collect(event)
        self._recent: list[Event] = []

    def script(self, length: int) -> list[str]:
        """So many raw events."""
        raw: list[str] = []
        while len(raw) < length:
            raw += [self._written(event) for event in self._stretch()]
        return raw[:length]

    def _stretch(self) -> list[Event]:
        """A piece of a ladder, in some disorder."""
        ladder = self.random.choice(self._ladders)
        start = self.random.randrange(len(ladder))
        piece = self._renamed(ladder[start : start + self.random.randint(1, 30)])
        if self.random.random() < 0.3:
            self.random.shuffle(piece)
        piece = [event for event in piece if self.random.random() < 0.9]
        if self._recent and self.random.random() < 0.3:
            piece += copy.deepcopy(self.random.choices(self._recent, k=3))
        self._recent = (self._recent + piece)[-100:]
        return [self._damaged(event) if self.random.random() < 0.3 else event for event in piece]

    def _renamed(self, piece: list[Event]) -> list[Event]:
        """The same with other items, function calls and responses, one time in two."""
        number = self.random.randrange(1_000)
        if number % 2:
            return copy.deepcopy(piece)
        renamed: list[Event] = json.loads(_IDS.sub(rf'"\1_{number}x', json.dumps(piece)))
        return renamed

    def _damaged(self, event: Event) -> Event:
        damaged = copy.deepcopy(event)
        for _ in range(self.random.randint(1, 3)):
            place = self._place(damaged)
            if not place:
                break
            name = self.random.choice(sorted(place))
            match self.random.randrange(4):
                case 0:
                    del place[name]
                case 1:
                    place[name] = self.random.choice(JUNK)
                case 2 if self._values.get(name):
                    place[name] = self.random.choice(self._values[name])
                case _:
                    damaged["type"] = self.random.choice(self._types)
        return damaged

    def _place(self, event: Event) -> dict[str, Any]:
        """Somewhere in the event: itself, or an object in it."""
        place: dict[str, Any] = event
        while inner := [value for value in place.values() if isinstance(value, dict) and value]:
            if self.random.random() < 0.4:
                break
            place = self.random.choice(inner)
        return place

    def _written(self, event: Event) -> str:
        if self.random.random() < 0.02:
            return self.random.choice(GARBAGE)
        if not self._ends_sessions and event.get("type") in ("error", "response.done"):
            event = json.loads(json.dumps(event))
            _soften(event)
        raw = json.dumps(event)
        return raw[: self.random.randrange(len(raw))] if self.random.random() < 0.02 else raw

    def _collect(self, wire: Any) -> None:
        for name, value in wire.items() if isinstance(wire, dict) else ():
            if name in self._values and isinstance(value, str):
                self._values[name].append(value)
            for inner in value if isinstance(value, list) else [value]:
                self._collect(inner)


def _soften(wire: Any) -> None:
    """No error in it ends a session."""
    if not isinstance(wire, dict):
        return
    for name, value in wire.items():
        if name == "code":
            wire[name] = min(BENIGN)
        _soften(value)
