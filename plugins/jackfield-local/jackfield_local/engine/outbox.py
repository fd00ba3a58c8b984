"""Where the parts of a session put their effects, in the order in which they happen."""

from __future__ import annotations

from .effects import Effect, Emit
from .ids import new_id


class Outbox:
    def __init__(self) -> None:
        self._effects: list[Effect] = []

    def emit(self, type: str, **fields: object) -> None:  # noqa: A002 - the wire's own word
        """Tell every client. Everything but `type` and `event_id` is a field of that event."""
        self._effects.append(Emit({"type": type, "event_id": new_id("event"), **fields}))

    def order(self, effect: Effect) -> None:
        self._effects.append(effect)

    def drain(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects
