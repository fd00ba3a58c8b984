"""The states of a server, and what can be said about it to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class ServerState(StrEnum):
    """Where a server stands.

    `WAITING` and `FAILED` are both pauses before the next start; a function call waits for a server that
    is `STARTING` or `WAITING`, and is told at once about one that has `FAILED`. A `DEGRADED` server is
    connected and gives no sign of life; calls still go out to it.
    """

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    WAITING = "waiting"
    FAILED = "failed"


NEXT: Mapping[ServerState, frozenset[ServerState]] = {
    ServerState.STOPPED: frozenset({ServerState.STARTING}),
    ServerState.STARTING: frozenset(
        {ServerState.READY, ServerState.WAITING, ServerState.FAILED, ServerState.STOPPED}
    ),
    ServerState.READY: frozenset(
        {ServerState.DEGRADED, ServerState.WAITING, ServerState.FAILED, ServerState.STOPPED}
    ),
    ServerState.DEGRADED: frozenset(
        {ServerState.READY, ServerState.WAITING, ServerState.FAILED, ServerState.STOPPED}
    ),
    ServerState.WAITING: frozenset({ServerState.STARTING, ServerState.STOPPED}),
    ServerState.FAILED: frozenset({ServerState.STARTING, ServerState.STOPPED}),
}
"""Which state may follow which."""

CONNECTED = frozenset({ServerState.READY, ServerState.DEGRADED})


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server at one moment.

    `error` is why it is not ready, or why it last went down, with the tail of its stderr; "" if nothing
    ever happened to it. `connections` counts how often it became ready. `protocol` and `software`
    are what it said of itself when it last did.
    """

    name: str
    state: ServerState = ServerState.STOPPED
    error: str = ""
    connections: int = 0
    tools: tuple[str, ...] = ()
    aside: int = 0
    protocol: str = ""
    software: str = ""
    required: bool = False

    def as_dict(self) -> dict[str, object]:
        """As JSON-able data."""
        return {**asdict(self), "state": self.state.value, "tools": list(self.tools)}
