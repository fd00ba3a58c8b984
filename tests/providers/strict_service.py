"""A loopback HTTP and WebSocket server that demands exactly what the official services document, and
remembers what it was sent. It makes no sound: sessions at a real voice are the embedded server's part."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        error = {"message": message, "type": "invalid_request_error", "code": code, "param": None}
        self.response = JSONResponse({"error": error}, status)


@dataclass
class StrictService:
    """`keys` are what it lets in; `sessions` what it was asked to open; `dials` counts the sidebands that
    knocked, of which the first `late` find their session not yet known. An ephemeral key is good for one
    session, and of those that are minted the first `stale` have expired when they are used."""

    keys: set[str]
    azure: bool = False
    model: str = "gpt-realtime-2.1"
    late: int = 0
    stale: int = 0
    close_with: int = 1000
    echo_key: bool = False
    quiet: bool = False
    expired: bool = False
    location: str = "/v1/realtime/calls/rtc_{number}"
    secrets: dict[str, dict[str, object]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    sessions: dict[str, dict[str, object]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    events: list[object] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    dials: int = 0
    url: str = ""

    @property
    def surface(self) -> str:
        return self.url + ("/openai/v1" if self.azure else "/v1")

    def key_of(self, connection: HTTPConnection) -> str:
        headers = connection.headers
        self.headers.append(dict(headers))
        self.queries.append(str(connection.url.query))
        if "openai-beta" in headers:
            raise Refusal(400, "beta", "The beta header is gone.")
        if "api-version" in connection.query_params:
            raise Refusal(401, "401", "api-version on the GA path")
        if self.azure and "api-key" in headers:
            return headers["api-key"]
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" else ""

    def let_in(self, connection: HTTPConnection) -> None:
        key = self.key_of(connection)
        if key not in self.keys:
            told = f" You sent {key}." if self.echo_key else ""
            raise Refusal(401, "invalid_api_key", f"Incorrect API key provided.{told}")

    def checked(self, session: dict[str, object]) -> dict[str, object]:
        if session.get("type") != "realtime":
            raise Refusal(400, "missing_required_parameter", "session.type is missing")
        if session.get("model") != self.model:
            raise Refusal(404, "DeploymentNotFound", "The API deployment for this resource does not exist.")
        return session

    async def mint(self, request: Request) -> Response:
        self.let_in(request)
        body = await request.json()
        if set(body) - {"session", "expires_after"} or not 10 <= body["expires_after"]["seconds"] <= 7200:
            raise Refusal(400, "unknown_parameter", f"Unknown parameter among {sorted(body)}")
        secret = f"ek_{len(self.secrets)}_very_secret"
        self.secrets[secret] = self.checked(body["session"])
        return JSONResponse({"value": secret, "expires_at": 1, "session": body["session"]})

    async def open(self, request: Request) -> Response:
        kind = request.headers["content-type"].partition(";")[0]
        if kind == "application/sdp":
            offer, session = (await request.body()).decode(), self.session_of_secret(request)
        elif kind == "multipart/form-data" and not self.azure:
            self.let_in(request)
            offer, session = await self.parts(request)
        else:
            raise Refusal(415, "unsupported_media_type", kind)
        if not offer.startswith("v=0"):
            raise Refusal(400, "invalid_offer", "The offer is no SDP.")
        if self.quiet:
            await asyncio.Event().wait()
        number = len(self.sessions)
        self.sessions[f"rtc_{number}"] = session
        location = {"Location": self.location.format(number=number)} if self.location else {}
        return Response(ANSWER, 201, location, "application/sdp")

    def session_of_secret(self, request: Request) -> dict[str, object]:
        if "api-key" in request.headers:
            raise Refusal(400, "two_keys", "The ephemeral key comes alone.")
        secret = self.key_of(request)
        if secret not in self.secrets:
            raise Refusal(401, "invalid_ephemeral_key", "Not an ephemeral key.")
        if secret in self.used or len(self.secrets) <= self.stale:
            raise Refusal(401, "token_expired", "Ephemeral token expired.")
        self.used.add(secret)
        return self.secrets[secret]

    async def parts(self, request: Request) -> tuple[str, dict[str, object]]:
        body = (await request.body()).decode()
        boundary = request.headers["content-type"].partition("boundary=")[2]
        found = {}
        for part in body.split(f"--{boundary}")[1:-1]:
            head, _, content = part.strip("\r\n").partition("\r\n\r\n")
            found[head] = content
        sdp = 'Content-Disposition: form-data; name="sdp"\r\nContent-Type: application/sdp'
        session = 'Content-Disposition: form-data; name="session"\r\nContent-Type: application/json'
        if set(found) != {sdp, session}:
            raise Refusal(400, "invalid_form", f"unexpected parts {list(found)}")
        return found[sdp] + "\r\n", self.checked(json.loads(found[session]))

    async def hang_up(self, request: Request) -> Response:
        self.let_in(request)
        if self.sessions.pop(request.path_params["call"], None) is None:
            raise Refusal(404, "call_id_not_found", "No session found for the provided call_id")
        return Response(status_code=200)

    async def sideband(self, socket: WebSocket) -> None:
        self.dials += 1
        try:
            self.let_in(socket)  # an ephemeral key is not let in (§1.6)
            if socket.query_params.get("model") == self.model and "call_id" not in socket.query_params:
                return await self.own(socket)
            known = socket.query_params.get("call_id") in self.sessions and self.dials > self.late
            if "model" in socket.query_params or not known:
                raise Refusal(404, "call_id_not_found", "No session found for the provided call_id")
        except Refusal as refusal:
            return await socket.send_denial_response(refusal.response)
        await socket.accept()
        await socket.send_json({"type": "session.created"})
        try:
            while True:
                event = json.loads(await socket.receive_text())
                self.events.append(event)
                self.news.set()
                if event["type"] == "close":
                    return await socket.close(self.close_with, "as you wished")
                await socket.send_text(json.dumps({"type": "echo", "of": event}))
        except WebSocketDisconnect:
            return None

    async def own(self, socket: WebSocket) -> None:
        """A session that lives in its socket: configured by its first event, or, as with an expired key
        (§1.3), refused after the handshake."""
        await socket.accept()
        await socket.send_json({"type": "session.created", "session": {"type": "realtime"}})
        event = json.loads(await socket.receive_text())
        self.events.append(event)
        known = event["type"] == "session.update" and event["session"].get("type") == "realtime"
        if self.quiet:
            await asyncio.sleep(30)
        elif self.expired or not known:
            error = {
                "type": "invalid_request_error",
                "code": "token_expired",
                "message": "The token expired.",
            }
            await socket.send_json({"type": "error", "error": error})
        else:
            await socket.send_json({"type": "session.updated", "session": event["session"]})
            await socket.close(1000)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[StrictService]:
        """Listens before it is entered, so that nobody needs to wait for it."""
        routes = [
            Route("/realtime/client_secrets", self.mint, methods=["POST"]),
            Route("/realtime/calls", self.open, methods=["POST"]),
            Route("/realtime/calls/{call}/hangup", self.hang_up, methods=["POST"]),
            WebSocketRoute("/realtime", self.sideband),
        ]
        app = Starlette(
            routes=[Mount("/openai/v1" if self.azure else "/v1", routes=routes)],
            exception_handlers={Refusal: lambda _, refusal: refusal.response},
        )
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app, ws="websockets-sansio", lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield self
        finally:
            server.should_exit = True
            await asyncio.wait_for(serving, 10)
            listener.close()
