from __future__ import annotations

from jackfield_local.refusals import Refusal

from .fault import Counted, Door


class KeyExpired(Counted):
    """An ephemeral key has expired when it is used."""

    def at(self, door: Door) -> Refusal | None:
        if door is not Door.KEY or not self.strikes():
            return None
        return Refusal(401, "Ephemeral token expired", code="invalid_api_key")
