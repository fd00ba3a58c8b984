from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.shapes import Event

from .fault import Deed, Fault

STRANGE: Event = {"phase": "commentary", "created_at": 0, "novelty": {"nested": [None, 1, "x"]}}
HOLDERS = ("session", "response", "item", "part", "error")


class UnknownFields(Fault):
    """Every event, and every object in it, has fields that no client knows."""

    def told(self, effect: Effect) -> Sequence[Deed]:
        if not isinstance(effect, Emit):
            return [effect]
        held = {key: _stranger(effect.event[key]) for key in HOLDERS if key in effect.event}
        return [Emit({**effect.event, **held, **STRANGE})]


def _stranger(value: object) -> object:
    return {**cast(Event, value), **STRANGE} if isinstance(value, dict) else value
