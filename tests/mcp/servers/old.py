"""An MCP server of the handshake era (2025-06-18), written by hand: it tells of changes unasked."""

import json
import sys

TOOLS = [
    {"name": "learn", "inputSchema": {"type": "object", "properties": {}}},
    {"name": "wait", "inputSchema": {"type": "object"}, "execution": {"taskSupport": "required"}},
    {"name": "odd", "inputSchema": {"type": "object", "anyOf": [{"required": ["a"]}]}},
]


def say(message: dict[str, object]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def answer(method: str) -> dict[str, object] | None:
    match method:
        case "initialize":
            return {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "old", "version": "1"},
            }
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call":
            TOOLS.append({"name": "learned", "inputSchema": {"type": "object"}})
            say({"method": "notifications/tools/list_changed"})
            return {"content": [{"type": "text", "text": "learned"}]}
    return None


print("a banner on stdout, which does not belong there", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request:
        continue
    result = answer(request["method"])
    missing = {"error": {"code": -32601, "message": "Method not found"}}
    say({"id": request["id"], **({"result": result} if result else missing)})
