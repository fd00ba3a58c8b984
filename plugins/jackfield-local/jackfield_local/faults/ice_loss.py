from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, PrivateAttr

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.refusals import Refusal

from .fault import Counted, Deed, Door, Vanish


class IceLoss(Counted):
    """The media of the call stops answering when an event of this type (`at_event`) is sent; the control
    socket stays. It happens in the first `sessions` sessions of the script; a caller who dials again is
    answered."""

    at_event: str = "output_audio_buffer.stopped"
    sessions: int = Field(default=1, ge=1)
    _opened: int = PrivateAttr(0)

    def at(self, door: Door) -> Refusal | None:
        self._opened += door is Door.CALL
        return None

    def told(self, effect: Effect) -> Sequence[Deed]:
        if not isinstance(effect, Emit) or effect.event["type"] != self.at_event:
            return [effect]
        lost = self._opened <= self.sessions and self.strikes()
        return [effect, Vanish()] if lost else [effect]
