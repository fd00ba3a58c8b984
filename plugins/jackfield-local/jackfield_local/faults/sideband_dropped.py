from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from jackfield_local.engine.effects import Effect, Emit

from .fault import Counted, Cut, Deed


class SidebandDropped(Counted):
    """The control socket closes with this `code` when an event of this type (`at_event`) was to be sent; the
    event is lost with it."""

    code: Literal[1001, 1006, 1011, 1012, 1013] = 1006
    at_event: str = "response.created"

    def told(self, effect: Effect) -> Sequence[Deed]:
        if isinstance(effect, Emit) and effect.event["type"] == self.at_event and self.strikes():
            return [Cut(self.code), effect]
        return [effect]
