"""How long a provider waits for anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `answer` bounds one HTTP exchange as a whole. `busy` is how long a caller is kept waiting for
    a service that has no session to give away. `sideband` is how long a session that the service does not
    know yet is dialled again. `keepalive` is both the interval of the sideband's pings and the wait for their
    answers. `goodbye` bounds the closing handshake."""

    connect: float = 5.0
    answer: float = 15.0
    credential: float = 20.0
    busy: float = 4.0
    sideband: float = 5.0
    send: float = 5.0
    keepalive: float = 20.0
    goodbye: float = 2.0
