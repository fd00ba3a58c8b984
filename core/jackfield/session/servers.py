"""What sessions get to know of MCP servers. Decisions only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from jackfield.config import AgentConfig
from jackfield.config.tool_names import matches
from jackfield.errors import McpError
from jackfield.mcp.notices import McpServerChanged
from jackfield.mcp.state import CONNECTED, ServerState, ServerStatus

NOT_MET = (ServerState.STOPPED, ServerState.STARTING)


class ServerNews:
    """Remembers the states that were told of, so that each change is told once."""

    def __init__(self) -> None:
        self._told: dict[str, ServerState] = {}

    def changes(self, statuses: Collection[ServerStatus]) -> Iterator[McpServerChanged]:
        """What is new, given all servers as they are now; a server's first start is no news."""
        for status in statuses:
            before = self._told.get(status.name, ServerState.STARTING)
            if status.state is not before:
                reason = next(iter(status.error.splitlines()), "")
                yield McpServerChanged(0.0, status.name, status.state.value, reason)
        self._told = {status.name: status.state for status in statuses}


def uses(agent: AgentConfig, server: str) -> bool:
    """Whether an agent may have tools of a server."""
    return any(matches(server, pattern.partition(".")[0]) for pattern in agent.tools)


def away(statuses: Sequence[ServerStatus]) -> list[ServerStatus]:
    """The required servers that are not there."""
    return [status for status in statuses if status.required and status.state not in CONNECTED]


def refusal(statuses: Sequence[ServerStatus]) -> McpError | None:
    """Why nothing can start, or None if every required server is there."""
    missing = away(statuses)
    if not missing:
        return None
    lines = [
        f'the MCP server "{status.name}" is required and not ready: {status.error or "it says nothing"}'
        for status in missing
    ]
    return McpError("\n".join([*lines, "mend it, or let agents.yaml say `required: false`"]))
