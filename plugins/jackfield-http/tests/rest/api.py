"""An API of flesh and blood: served by uvicorn in a thread, on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

PATIENCE = 30.0
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


class Kept:
    """What the API has noticed."""

    def __init__(self) -> None:
        self.requests = 0
        self.entered = threading.Event()
        self.left = threading.Event()


class Api:
    """Where it is, and what it has noticed."""

    def __init__(self, port: int, kept: Kept) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.kept = kept


async def echo(request: Request) -> Response:
    body = await request.body()
    raw: bytes = request.scope["raw_path"]
    return JSONResponse(
        {
            "method": request.method,
            "path": raw.decode(),
            "query": request.url.query,
            "headers": dict(request.headers),
            "body": body.decode(),
        }
    )


async def status(request: Request) -> Response:
    code = request.path_params["code"]
    headers = {"Retry-After": request.query_params["after"]} if "after" in request.query_params else {}
    if request.query_params.get("as") == "text":
        return PlainTextResponse("no such\nticket", code, headers)
    said = request.query_params.get("says", "")
    echoed = request.headers.get("authorization", "")
    body = {"detail": f"{said}{echoed}"} if said else {}
    return JSONResponse(body, code, headers)


async def kinds(request: Request) -> Response:
    bodies = {
        "html": (b"<html></html>", "text/html"),
        "png": (PIXEL, "image/png"),
        "pdf": (b"%PDF" * 1000, "application/pdf"),
        "broken": (b"{", "application/json"),
        "csv": ("a,b\nä,ö".encode("latin-1"), "text/csv; charset=latin-1"),
        "empty": (b"", "application/json"),
        "problem": (b'{"ok": true}', "application/vnd.shop+json"),
    }
    body, media_type = bodies[request.path_params["kind"]]
    return Response(body, headers={"Content-Type": media_type})


async def redirect(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], int(request.query_params.get("code", "307")))


async def hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Unfinished(Response):
    """Begins to answer, and goes on until the caller has hung up: with more and more, or with nothing."""

    def __init__(self, kept: Kept, piece: bytes, media_type: str) -> None:
        self._kept = kept
        self._piece = piece
        self._type = media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", self._type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self._kept.entered.set()
        leaving = asyncio.create_task(hung_up(receive))
        if not self._piece:
            await leaving
        while not leaving.done():
            await send({"type": "http.response.body", "body": self._piece, "more_body": True})
            await asyncio.sleep(0)
        self._kept.left.set()


def application(kept: Kept) -> Starlette:
    async def forecast(request: Request) -> Response:
        kept.requests += 1
        days = [
            {"name": "Friday", "temperature": {"max": 19, "min": 9}},
            {"name": "Saturday", "temperature": {}},
        ]
        return JSONResponse({"city": request.path_params["city"], "days": days})

    async def big(request: Request) -> Response:
        return Unfinished(kept, b"x" * 65536, request.query_params["type"])

    async def slow(request: Request) -> Response:
        return Unfinished(kept, b"", "application/json")

    async def counted(request: Request) -> Response:
        kept.requests += 1
        return await status(request)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/cities/{city}/forecast", forecast),
            Route("/echo/{rest:path}", echo, methods=methods),
            Route("/status/{code:int}", counted, methods=methods),
            Route("/kinds/{kind}", kinds),
            Route("/redirect", redirect, methods=methods),
            Route("/big", big),
            Route("/slow", slow, methods=methods),
        ]
    )


@contextmanager
def serving() -> Iterator[Api]:
    """The socket listens before the server runs: nobody has to wait for it."""
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(application(kept), log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield Api(listening.getsockname()[1], kept)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
