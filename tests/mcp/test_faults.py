"""What an error of the SDK means for the request that ended in it."""

import pytest
from mcp import MCPError

from jackfield.errors import McpError
from jackfield.mcp.faults import MARK, Fate, fate_of, reason


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (MCPError(-32000, "Connection closed"), Fate.UNKNOWN),
        (MCPError(-32000, "SSE stream ended without a response"), Fate.UNKNOWN),
        (MCPError(-32001, "Request 'tools/call' timed out"), Fate.UNKNOWN),
        (MCPError(-32000, "ConnectError", {MARK: "unsent"}), Fate.UNSENT),
        (MCPError(-32000, "ReadTimeout", {MARK: "unknown"}), Fate.UNKNOWN),
        (MCPError(-32000, "HTTP 401", {MARK: "refused"}), Fate.REFUSED),
        (MCPError(-32600, "Session terminated"), Fate.UNSENT),
        (MCPError(-32600, "Session not found"), Fate.UNSENT),
        (MCPError(-32000, "Bad Request: No valid session ID provided"), Fate.UNSENT),
        (MCPError(-32000, "The card was declined"), Fate.REFUSED),
        (MCPError(-32602, "Invalid params", {"jackfield": ["odd"]}), Fate.REFUSED),
        (MCPError(-32700, "Failed to parse JSON response"), Fate.GARBLED),
        (RuntimeError("Invalid structured content returned by tool x"), Fate.GARBLED),
        (ValueError("validation error"), Fate.GARBLED),
        (ConnectionResetError("reset"), Fate.UNKNOWN),
    ],
)
def test_every_error_tells_the_fate_of_its_request(error: Exception, fate: Fate) -> None:
    assert fate_of(error) is fate


def test_a_reason_is_read_from_the_innermost_errors_and_each_is_named_once() -> None:
    closed = MCPError(-32000, "Connection closed")
    inner = [closed, OSError("no route"), closed]
    group = ExceptionGroup("outer", [ExceptionGroup("inner", inner), McpError("there is no command 'x'")])
    assert reason(group) == "Connection closed; OSError: no route; there is no command 'x'"
