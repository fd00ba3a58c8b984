from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.engine.effects import Emit
from jackfield_local.engine.errors import active_response
from jackfield_local.engine.ids import new_id
from jackfield_local.engine.shapes import Event

from .fault import Counted, Deed, Serve


class ActiveResponseRace(Counted):
    """`response.create` is refused with `conversation_already_has_active_response`, though the client has
    seen none. With `begins`, the service's own response then becomes visible; without, it never does."""

    begins: bool = True

    def heard(self, event: Event) -> Sequence[Deed]:
        if event.get("type") != "response.create" or not self.strikes():
            return [Serve(event)]
        body = {**active_response(new_id("resp")).body(), "event_id": event.get("event_id")}
        refusal = Emit({"type": "error", "event_id": new_id("event"), "error": body})
        return [refusal, Serve({"type": "response.create"})] if self.begins else [refusal]
