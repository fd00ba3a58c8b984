"""Whether anything is still to come on a line: kept from what both sides say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from jackfield.calls import Json
from jackfield.protocol.client_events import REQUEST
from jackfield.providers.base import Event, SessionObject


class Floor:
    """An `Ear` to a session. `changed` is called after whatever may have changed something; `responses` are
    those that have ended."""

    def __init__(self) -> None:
        self.changed: Callable[[], None] = lambda: None
        self.begun = False
        self.responses = 0
        self._asked: set[str] = set()
        self._active: set[str] = set()

    @property
    def quiet(self) -> bool:
        """The service knows the session, and owes no response."""
        return self.begun and not self._asked and not self._active

    def opened(self, session: SessionObject) -> None:
        pass

    def sent(self, event: Event) -> None:
        if event.get("type") == "response.create":
            self._asked.add(str(event.get("event_id")))
        self.changed()

    def received(self, raw: str) -> None:
        event = json.loads(raw)
        response = _mapping(event.get("response"))
        identity = str(response.get("id"))
        self._asked.discard(str(_mapping(response.get("metadata")).get(REQUEST)))
        match event.get("type"):
            case "session.created" | "session.updated":
                self._begins(event.get("type") == "session.created")
            case "response.created":
                self._active.add(identity)
            case "response.done":
                self._active.discard(identity)
                self.responses += 1
            case "error":
                self._asked.discard(str(_mapping(event.get("error")).get("event_id")))
        self.changed()

    def _begins(self, attached: bool) -> None:
        """A control socket that was lost took along what it would have told; nothing is owed on a new one."""
        self.begun = True
        if attached:
            self._asked.clear()
            self._active.clear()

    def closed(self) -> None:
        self.changed()


def _mapping(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
