from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.ids import new_id

from .fault import Deed, Fault


class Duplicates(Fault):
    """What begins or is added is told twice; items three times, for `conversation.item.created` is, too."""

    def told(self, effect: Effect) -> Sequence[Deed]:
        if not isinstance(effect, Emit):
            return [effect]
        kind = str(effect.event["type"])
        if not kind.endswith((".created", ".added")):
            return [effect]
        again = [Emit({**effect.event, "event_id": new_id("event")})]
        if kind == "conversation.item.added":
            again.append(Emit({**again[0].event, "type": "conversation.item.created"}))
        return [effect, *again]
