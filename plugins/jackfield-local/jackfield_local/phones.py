"""Phones that ring here: each call from its first ring to its end.

ringing → talking → over, with the ways out of the table
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from jackfield_local.engine.ids import new_id
from jackfield_local.engine.shapes import Event
from jackfield_local.phone_line import PhoneLine
from jackfield_local.refusals import Refusal, unknown_call

RING_SECONDS = 30.0
MOST_KEPT = 256
"""Calls that are known, those that are over among them."""


class Stand(Enum):
    """How it stands with a call."""

    RINGING = "ringing"
    TALKING = "talking"
    REJECTED = "rejected"
    MISSED = "missed"  # nobody answered in time
    CANCELLED = "cancelled"  # the caller hung up before anybody answered
    REFERRED = "referred"
    OVER = "over"


class Sign(Enum):
    """What can happen to it."""

    ACCEPTED = "it is accepted"
    REJECTED = "it is rejected"
    LATE = "it has rung for too long"
    CALLER_LEFT = "the caller hangs up"
    REFERRED = "it is passed on"
    ENDED = "its session has ended"


CALL: dict[tuple[Stand, Sign], Stand] = {
    (Stand.RINGING, Sign.ACCEPTED): Stand.TALKING,
    (Stand.RINGING, Sign.REJECTED): Stand.REJECTED,
    (Stand.RINGING, Sign.LATE): Stand.MISSED,
    (Stand.RINGING, Sign.CALLER_LEFT): Stand.CANCELLED,
    (Stand.TALKING, Sign.REFERRED): Stand.REFERRED,
    (Stand.TALKING, Sign.CALLER_LEFT): Stand.OVER,
    (Stand.TALKING, Sign.ENDED): Stand.OVER,
}


@dataclass(slots=True)
class PhoneCall:
    """One call. `status_code` is that of a rejection, `target_uri` that of a reference."""

    call_id: str
    headers: Sequence[tuple[str, str]]
    line: PhoneLine
    stand: Stand = Stand.RINGING
    status_code: int | None = None
    target_uri: str | None = None
    began: float = field(default_factory=time.time)
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it rings no more."""

    def turn(self, sign: Sign) -> bool:
        """False where this cannot happen to it any more."""
        after = CALL.get((self.stand, sign))
        if after is not None:
            self.stand = after
            self.settled.set()
        return after is not None

    def announcement(self) -> Event:
        """What the webhook says."""
        headers = [{"name": name, "value": value} for name, value in self.headers]
        data = {"call_id": self.call_id, "sip_headers": headers, "sip_media_security": "srtp"}
        return {
            "object": "event",
            "id": new_id("evt"),
            "type": "realtime.call.incoming",
            "created_at": int(self.began),
            "data": data,
        }

    def described(self) -> Event:
        return {
            "call_id": self.call_id,
            "state": self.stand.value,
            "status_code": self.status_code,
            "target_uri": self.target_uri,
        }


class Phones:
    """`ring_seconds` is how long a call rings, `pace` how fast time passes on the lines."""

    def __init__(self, ring_seconds: float = RING_SECONDS, pace: float = 1.0) -> None:
        self.ring_seconds = ring_seconds
        self.pace = pace
        self._calls: dict[str, PhoneCall] = {}

    def ring(self, headers: Sequence[tuple[str, str]]) -> PhoneCall:
        """A call comes in, with these SIP headers."""
        call = PhoneCall(new_id("rtc"), headers, PhoneLine(self.pace))
        for name in [name for name, each in self._calls.items() if each.stand is not Stand.TALKING]:
            if len(self._calls) < MOST_KEPT:
                break
            del self._calls[name]
        self._calls[call.call_id] = call
        asyncio.get_running_loop().call_later(self.ring_seconds, call.turn, Sign.LATE)
        return call

    def find(self, call_id: str) -> PhoneCall:
        """Raises `Refusal` (404)."""
        if call_id not in self._calls:
            raise unknown_call()
        return self._calls[call_id]

    def accept(self, call_id: str) -> PhoneLine:
        """The line of a call that rings. Raises `Refusal`: 404 for one that does not any more, 409 for one
        that was accepted."""
        return self._settled(call_id, Sign.ACCEPTED).line

    def reject(self, call_id: str, status: int) -> None:
        """Raises as `accept` does."""
        self._settled(call_id, Sign.REJECTED).status_code = status

    def refer(self, call_id: str, target: str) -> None:
        """Raises `Refusal` (404) for a call that nobody talks to."""
        call = self.find(call_id)
        if not call.turn(Sign.REFERRED):
            raise unknown_call()
        call.target_uri = target

    def hang_up(self, call_id: str) -> None:
        """The caller hangs up. Raises `Refusal` (404)."""
        call = self.find(call_id)
        call.turn(Sign.CALLER_LEFT)
        call.line.hang_up("the caller hung up")

    def ended(self, call_id: str) -> None:
        """The session of a call has ended, if it was a call by phone."""
        if call_id in self._calls:
            self._calls[call_id].turn(Sign.ENDED)

    def _settled(self, call_id: str, sign: Sign) -> PhoneCall:
        call = self.find(call_id)
        if call.stand is Stand.TALKING:
            raise Refusal(409, "This call has been accepted already.", code="call_already_accepted")
        if not call.turn(sign):
            raise unknown_call()
        return call
