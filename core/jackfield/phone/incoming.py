"""A call that rings at the service, as its webhook tells of it (§8.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from jackfield.caller import Caller
from jackfield.phone import sip

RINGING = "realtime.call.incoming"

LONGEST_ID = 200


class NotACall(ValueError):  # noqa: N818 - a fact about a request, told to whoever sent it
    """The service's event cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """`provider` is the name in agents.yaml of the one at which it rings. `dialled` are the numbers that may
    have been called: where it rings, and those that it was diverted from."""

    provider: str
    call_id: str
    caller: Caller = field(default_factory=Caller)
    dialled: tuple[str, ...] = ()
    headers: tuple[sip.Header, ...] = field(default=(), repr=False)

    @classmethod
    def told(cls, provider: str, body: bytes) -> Self | None:
        """The call that an event tells of; None for an event about something else. Raises `NotACall`."""
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise NotACall("the body is not JSON") from None
        if not isinstance(event, Mapping) or event.get("type") != RINGING:
            return None
        data = event.get("data")
        data = data if isinstance(data, Mapping) else {}
        call_id = data.get("call_id")
        if not isinstance(call_id, str) or not 0 < len(call_id) <= LONGEST_ID:
            raise NotACall("the event names no call_id")
        return cls.of(provider, call_id, sip.headers_of(data.get("sip_headers")))

    @classmethod
    def of(cls, provider: str, call_id: str, headers: list[sip.Header]) -> Self:
        """The call with these SIP headers."""
        callers = _numbers(headers, "from", "p-asserted-identity", "remote-party-id")
        dialled = _numbers(headers, "to", "p-called-party-id", "diversion", "history-info")
        caller = Caller(next(iter(callers), ""), next(iter(dialled), ""), sip.first(headers))
        return cls(provider, call_id, caller, tuple(dialled), tuple(headers))


def _numbers(headers: list[sip.Header], *names: str) -> list[str]:
    found = [number for value in sip.values(headers, *names) for number in sip.parties(value)]
    return list(dict.fromkeys(found))
