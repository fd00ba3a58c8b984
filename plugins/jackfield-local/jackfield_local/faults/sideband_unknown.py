from __future__ import annotations

from jackfield_local.refusals import Refusal, unknown_call

from .fault import Counted, Door


class SidebandUnknown(Counted):
    """The sideband of a call that was just made is answered with 404 for a while."""

    times: int = 3

    def at(self, door: Door) -> Refusal | None:
        return unknown_call() if door is Door.SIDEBAND and self.strikes() else None
