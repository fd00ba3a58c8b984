"""One function call at a server: waiting for the server, running it again where that does no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from jackfield.calls import Arguments, Json
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.mcp.connection import Connection
from jackfield.mcp.content import value_of
from jackfield.mcp.faults import Fate, fate_of, reason
from jackfield.tools.tool import ToolContext

PATIENCE = 5.0
"""Seconds for which a call waits for a server that is down: longer than an ordinary restart takes."""

MARGIN = 0.5
"""Seconds kept back of the call's own time, so that the reason arrives before its time-out does."""

LONGEST = 24 * 3600.0


class Reachable(Protocol):
    """A server, as a call sees it."""

    @property
    def name(self) -> str: ...

    def connection(self, patience: float) -> Awaitable[Connection]:
        """A living connection, waited for at most `patience` seconds. Raises TimeoutError."""


async def call(
    server: Reachable, tool: str, repeatable: bool, arguments: Arguments, context: ToolContext
) -> Json:
    """Run a tool and return its value.

    If the connection dies under it, a `repeatable` tool is run once more, and so is one that certainly
    was not run. Raises `OutcomeUnknown` if it may or may not have been, and `ToolError` for everything else.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + min(context.seconds_left, LONGEST)
    for again in (True, False):
        connection = await _connection(server, min(PATIENCE, deadline - clock() - MARGIN))
        seconds = max(deadline - clock(), MARGIN)
        try:
            result = await connection.call(tool, arguments, seconds, context)
        except ToolError:
            raise
        except Exception as error:
            await _settle(server, connection, error, repeatable, again)
        else:
            return value_of(result)
    raise _not_answering(server)


async def _connection(server: Reachable, patience: float) -> Connection:
    try:
        return await server.connection(patience)
    except TimeoutError:
        raise _not_answering(server) from None


async def _settle(
    server: Reachable, connection: Connection, error: Exception, repeatable: bool, again: bool
) -> None:
    """Decide what a failed attempt means; returns if the call may be tried once more."""
    fate = fate_of(error)
    if fate is Fate.REFUSED:
        raise ToolError(f"The {server.name} server answered with an error: {reason(error)}") from error
    if fate is Fate.GARBLED:
        words = f"The {server.name} server answered in a way that cannot be understood"
        if repeatable:
            raise ToolError(f"{words}.") from error
        raise OutcomeUnknown(f"{words}: it may or may not have taken effect.") from error
    if fate is Fate.UNKNOWN and not repeatable:
        connection.doubt()
        raise OutcomeUnknown(
            f"The {server.name} server went silent in the middle of this. "
            "It may or may not have taken effect: look whether it did before doing it again."
        ) from error
    if again:
        await connection.check()


def _not_answering(server: Reachable) -> ToolUnavailable:
    return ToolUnavailable(
        f"The {server.name} server is not answering right now. All else works; try again in a minute."
    )
