"""What went wrong on the way to a server and back, told apart by what became of the request."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from mcp import MCPError
from mcp.types import CONNECTION_CLOSED, INVALID_REQUEST, PARSE_ERROR, REQUEST_TIMEOUT

from jackfield.errors import McpError

MARK = "jackfield"
"""The member of a JSON-RPC error's `data` in which our own HTTP client states the fate."""


class Fate(StrEnum):
    """What became of a request that brought no result."""

    REFUSED = "refused"
    """It was answered, by an error: nothing more will come of it."""

    UNSENT = "unsent"
    """It never reached the server."""

    UNKNOWN = "unknown"
    """It was sent, and no answer came."""

    GARBLED = "garbled"
    """It was carried out; the answer is of no use."""


def fate_of(error: Exception) -> Fate:
    """The fate of the request that ended in `error`."""
    if isinstance(error, MCPError):
        return _fate_of_reply(error)
    # The SDK raises RuntimeError for a result that breaks the tool's own output schema, and
    # pydantic's ValidationError, a ValueError, for one that breaks the protocol.
    return Fate.GARBLED if isinstance(error, RuntimeError | ValueError) else Fate.UNKNOWN


def _fate_of_reply(error: MCPError) -> Fate:
    if isinstance(error.data, dict) and error.data.get(MARK) in list(Fate):
        return Fate(error.data[MARK])
    if _session_is_gone(error):
        return Fate.UNSENT
    if error.code == CONNECTION_CLOSED and error.message.startswith(("Connection closed", "SSE stream")):
        return Fate.UNKNOWN
    if error.code == REQUEST_TIMEOUT and "timed out" in error.message:
        return Fate.UNKNOWN
    if error.code == PARSE_ERROR:
        return Fate.GARBLED
    return Fate.REFUSED


def _session_is_gone(error: MCPError) -> bool:
    """A handshake-era HTTP server that was restarted knows nothing of our session, and says so in
    one of three codes."""
    codes = {INVALID_REQUEST, CONNECTION_CLOSED, REQUEST_TIMEOUT}
    return error.code in codes and "session" in error.message.lower()


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The exceptions inside nested groups: a client's task groups wrap whatever goes wrong in them."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


def reason(error: BaseException) -> str:
    """Why a connection could not be made or kept, in a few words."""
    plain = MCPError, McpError
    words = (
        str(leaf) if isinstance(leaf, plain) else f"{type(leaf).__name__}: {leaf}" for leaf in leaves(error)
    )
    return "; ".join(dict.fromkeys(word.rstrip(": ") for word in words))
