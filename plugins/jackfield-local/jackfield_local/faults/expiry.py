from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.shapes import Event

from .fault import Deed, Fault, Seconds

HOUR = 3600


class Expiry(Fault):
    """The session expires after so many seconds: `session_expired`, and close code 1001. If that is not
    `announced`, its `expires_at` speaks of an hour."""

    seconds: Seconds = 20.0
    announced: bool = True

    @property
    def lasts(self) -> float | None:
        return self.seconds

    def told(self, effect: Effect) -> Sequence[Deed]:
        if self.announced or not isinstance(effect, Emit) or "session" not in effect.event:
            return [effect]
        session = cast(Event, effect.event["session"])
        late = int(cast(int, session["expires_at"]) + HOUR - self.seconds)
        return [Emit({**effect.event, "session": {**session, "expires_at": late}})]
