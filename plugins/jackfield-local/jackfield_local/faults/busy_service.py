from __future__ import annotations

from typing import Literal

from pydantic import Field

from jackfield_local.engine.errors import INVALID_REQUEST, SERVER_ERROR
from jackfield_local.refusals import Refusal

from .fault import Counted, Door, Seconds

CODES = {429: "rate_limit_exceeded"}


class BusyService(Counted):
    """A session, or a call, is refused with this status; `Retry-After` is in the answer unless it is null."""

    status: Literal[429, 500, 502, 503, 504] = 429
    retry_after: Seconds | None = 0.0
    doors: list[Door] = Field(default=[Door.SESSION, Door.CALL])

    def at(self, door: Door) -> Refusal | None:
        if door not in self.doors or not self.strikes():
            return None
        kind = INVALID_REQUEST if self.status == 429 else SERVER_ERROR
        return Refusal(
            self.status,
            "The service is busy; try again later.",
            code=CODES.get(self.status, "server_error"),
            kind=kind,
            retry_after=self.retry_after,
        )
