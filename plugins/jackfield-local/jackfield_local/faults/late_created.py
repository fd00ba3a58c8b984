from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.engine.effects import Effect, Emit

from .fault import Counted, Deed, Later, Seconds


class LateCreated(Counted):
    """`response.created`, and all that follows it, comes so many `seconds` late."""

    seconds: Seconds = 1.0

    def told(self, effect: Effect) -> Sequence[Deed]:
        late = isinstance(effect, Emit) and effect.event["type"] == "response.created" and self.strikes()
        return [Later(self.seconds, effect)] if late else [effect]
