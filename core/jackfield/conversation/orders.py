"""The effects of one step, in order, as they come to mind."""

from __future__ import annotations

from itertools import count

from jackfield.conversation.effects import Close, Effect, Note, Send
from jackfield.notices import Notice, Trouble
from jackfield.protocol.client_events import ClientEvent


class Orders:
    """Collected by every part of the conversation, carried out by the session."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._numbers = count(1)

    def give(self, effect: Effect) -> None:
        self._effects.append(effect)

    def send(self, event: ClientEvent) -> None:
        self.give(Send(event))

    def note(self, notice: Notice) -> None:
        self.give(Note(notice))

    def trouble(self, message: str, now: float) -> None:
        self.note(Trouble(now, message))

    def close(self, reason: str) -> None:
        self.give(Close(reason))

    def new_id(self, kind: str) -> str:
        """A name for something of ours on the wire, unique within the session."""
        return f"{kind}_{next(self._numbers)}"

    def drain(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects
