"""An MCP server of the handshake era over HTTP, written by hand: it can forget its sessions."""

import socket
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SESSIONS: set[str] = set()

TOOLS = [
    {"name": name, "inputSchema": {"type": "object", "properties": {}}} for name in ("sessions", "forget")
]

HELLO: dict[str, object] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "old", "version": "1"},
}


def answer(method: str, params: dict[str, object]) -> dict[str, object] | None:
    match method:
        case "initialize":
            return HELLO
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call":
            said = f"{len(SESSIONS)} open"
            if params["name"] == "forget":
                SESSIONS.clear()
            return {"content": [{"type": "text", "text": said}]}
    return None


async def mcp(request: Request) -> Response:
    message = await request.json()
    method, session = message["method"], request.headers.get("mcp-session-id", "")
    headers = {}
    if method == "initialize":
        SESSIONS.add(session := uuid4().hex)
        headers["mcp-session-id"] = session
    elif method != "server/discover" and session not in SESSIONS:
        error = {"code": -32600, "message": "Session not found"}
        return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status_code=404)
    if "id" not in message:
        return Response(status_code=202)
    result = answer(method, message.get("params") or {})
    reply = {"result": result} if result else {"error": {"code": -32601, "message": "Method not found"}}
    return JSONResponse({"jsonrpc": "2.0", "id": message["id"], **reply}, headers=headers)


with socket.create_server(("127.0.0.1", 0)) as listening:
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp", flush=True)
    app = Starlette(routes=[Route("/mcp", mcp, methods=["POST"])])
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listening])
