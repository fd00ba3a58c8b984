from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.ids import new_id
from jackfield_local.engine.shapes import Event

from .fault import Deed, Fault

NEVER_HEARD_OF = ("response.hologram.delta", "session.mood.updated", "")


class UnknownEvents(Fault):
    """Between any two events stand some that no client knows, one of them without a type."""

    def told(self, effect: Effect) -> Sequence[Deed]:
        if not isinstance(effect, Emit):
            return [effect]
        return [*(Emit(_strange(kind)) for kind in NEVER_HEARD_OF), effect]


def _strange(kind: str) -> Event:
    return {"type": kind, "event_id": new_id("event"), "response": None, "item": ["?"], "delta": {"x": 1}}
