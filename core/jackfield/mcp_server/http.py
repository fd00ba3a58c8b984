"""MCP over streamable HTTP (MCP, transports), behind the same door as the page and the API."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from jackfield.mcp_server.server import SESSION_HEADER, ToolServer
from jackfield.web.access import Access, Refusal
from jackfield.web.serving import serving

GUARDED = "/mcp"
"""No path is open here, whatever it is called: the door is asked about this one."""


@asynccontextmanager
async def served(tools: ToolServer, path: str, access: Access, sock: socket.socket) -> AsyncIterator[None]:
    """Serve at `path` until the block is left."""
    manager = StreamableHTTPSessionManager(tools.server)
    face = Face(tools, manager, path, access)
    async with serving(face, sock):
        try:
            async with manager.run():
                yield
        finally:
            await tools.aclose()


class Face:
    """The ASGI application."""

    def __init__(
        self, tools: ToolServer, manager: StreamableHTTPSessionManager, path: str, access: Access
    ) -> None:
        self._tools = tools
        self._manager = manager
        self._path = path.rstrip("/")
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        if refusal := self._refusal(scope, headers):
            await _refused(refusal)(scope, receive, send)
            return
        session = headers.get(SESSION_HEADER)
        if scope["method"] != "DELETE" or session is None:
            await self._manager.handle_request(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._tools.visits.end(session)
            await send(message)

        await self._manager.handle_request(scope, receive, watched)

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        if refusal := self._access.refusal(scope["method"], GUARDED, headers):
            return refusal
        if scope["path"].rstrip("/") != self._path:
            return Refusal(404, f"There is nothing here; the tools are at {self._path or '/'}.")
        return None


def _refused(refusal: Refusal) -> Response:
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": refusal.message}}
    challenge = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    return Response(json.dumps(error), refusal.status, challenge, "application/json")
