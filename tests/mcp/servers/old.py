"""An MCP server of the handshake era (2025-06-18), written by hand: it tells of changes unasked."""

import json
import sys

TOOLS = [
    {"name": "learn", "inputSchema": {"type": "object", "properties": {}}},
    {"name": "wait", "inputSchema": {"type": "object"}, "execution": {"taskSupport": "required"}},
    {
        "name": "lie",
        "inputSchema": {"type": "object"},
        "outputSchema": {"type": "object", "required": ["stock"]},
        "annotations": {"readOnlyHint": True},
    },
    {
        "name": "fib",
        "inputSchema": {"type": "object"},
        "outputSchema": {"type": "object", "required": ["stock"]},
    },
    {"name": "odd", "inputSchema": {"type": "object", "anyOf": [{"required": ["a"]}]}},
]


def say(message: dict[str, object]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def answer(method: str, params: dict[str, object]) -> dict[str, object] | None:
    match method:
        case "initialize":
            return {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "old", "version": "1"},
            }
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call" if params["name"] in ("lie", "fib"):
            return {"content": [], "structuredContent": {"price": 3}}
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
    result = answer(request["method"], request.get("params", {}))
    missing = {"error": {"code": -32601, "message": "Method not found"}}
    say({"id": request["id"], **({"result": result} if result else missing)})
