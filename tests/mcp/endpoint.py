"""A chat endpoint of somebody else's, for servers that ask a model."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jackfield.calls import Json


class Endpoint:
    """Answers everything with the name of a screw, and keeps what it was asked."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Json]] = []
        self.keys: list[str] = []

    async def complete(self, request: Request) -> Response:
        self.bodies.append(await request.json())
        self.keys.append(request.headers.get("authorization", ""))
        answer = {"message": {"role": "assistant", "content": "M3."}, "finish_reason": "stop"}
        return JSONResponse({"model": "tiny-1", "choices": [answer]})

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        routes = [Route("/v1/chat/completions", self.complete, methods=["POST"])]
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            await serving
            listening.close()
