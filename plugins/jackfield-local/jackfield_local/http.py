"""The HTTP face: ephemeral keys, calls, hang-up, and the WebSocket beside them."""

from __future__ import annotations

import time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from jackfield_local.bodies import SDP, call_request, in_time, read_body, secret_request
from jackfield_local.engine.errors import SERVER_ERROR, Fault
from jackfield_local.engine.ids import new_id
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.engine.shapes import Event
from jackfield_local.faults.fault import Door
from jackfield_local.keys import Keys, Secret, credential
from jackfield_local.minds.script import ScriptError
from jackfield_local.phone_http import PhoneFace
from jackfield_local.refusals import Refusal, bad_body, not_found, unauthorised, unknown_call
from jackfield_local.switchboard import Switchboard
from jackfield_local.websocket import Sockets

OPENAI = "/v1"
AZURE = "/openai/v1"


class Face:
    """The requests of one server, on both services' paths."""

    def __init__(self, switchboard: Switchboard, keys: Keys) -> None:
        self._switchboard = switchboard
        self._keys = keys

    def routes(self, prefix: str) -> list[BaseRoute]:
        calls = f"{prefix}/realtime/calls"
        return [
            Route(f"{prefix}/realtime/client_secrets", self.mint, methods=["POST"]),
            Route(calls, self.call, methods=["POST"]),
            Route(f"{prefix}/jackfield/scripts", self.add_script, methods=["POST"]),
            Route(calls + "/{call_id}/hangup", self.hang_up, methods=["POST"]),
            *PhoneFace(self._switchboard, self._admit).routes(prefix),
        ]

    async def mint(self, request: Request) -> Response:
        """`POST client_secrets`: an ephemeral key and the session it opens."""
        if self._admit(request) is not None:
            raise unauthorised("An ephemeral key cannot mint another one.")
        asked = await secret_request(request)
        settings = SessionSettings.from_client(asked.session)
        secret = self._keys.mint(settings, asked.expires_after.seconds, time.time())
        kind = "realtime.session" if settings.responds else "realtime.transcription_session"
        session: Event = {**settings.echo(), "id": new_id("sess"), "object": kind, "expires_at": 0}
        return JSONResponse({"value": secret.value, "expires_at": int(secret.expires_at), "session": session})

    async def call(self, request: Request) -> Response:
        """`POST calls`: an SDP offer, answered."""
        secret = self._admit(request)
        asked = await call_request(request)
        fallback = secret.settings if secret else SessionSettings()
        filtered = request.url.path.startswith(AZURE) and request.query_params.get("webrtcfilter") == "on"
        settings = asked.settings or fallback
        if secret is not None:
            self._switchboard.scripts.admit(Door.KEY, settings.model)
        call_id, answer = await self._switchboard.call(asked.offer, settings, filtered=filtered)
        location = {"Location": f"{OPENAI}/realtime/calls/{call_id}"}
        return Response(answer, 201, location, media_type=SDP)

    async def add_script(self, request: Request) -> Response:
        """`POST jackfield/scripts`: no endpoint of the real services (see `scripts`)."""
        if self._admit(request) is not None:
            raise unauthorised("An ephemeral key hands in no scripts.")
        async with in_time():
            body = await read_body(request)
        try:
            return JSONResponse({"model": self._switchboard.scripts.add(body.decode("utf-8", "replace"))})
        except ScriptError as error:
            raise bad_body(str(error), "script") from None

    async def hang_up(self, request: Request) -> Response:
        if self._admit(request) is not None:
            raise unknown_call()
        self._switchboard.hang_up(request.path_params["call_id"])
        return Response(status_code=200)

    def _admit(self, request: Request) -> Secret | None:
        """Raises `Refusal` (401)."""
        if "api-version" in request.query_params:
            raise unauthorised("This path takes no api-version.")
        return self._keys.admit(credential(request.headers, request.query_params), time.time())


async def _healthy(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _refused(request: Request, error: Exception) -> Response:
    """Every fault in the wire's error object."""
    assert isinstance(error, Fault)
    if isinstance(error, Refusal):
        return JSONResponse({"error": error.body()}, error.status, error.headers)
    return JSONResponse({"error": error.body()}, 400)


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    fault = not_found(request.url.path)
    if error.status_code != 404:
        fault = Refusal(error.status_code, str(error.detail))
    return JSONResponse({"error": fault.body()}, error.status_code)


async def _gone(request: Request, error: Exception) -> Response:
    """The client left before its request was complete: nobody reads this."""
    return Response(status_code=400)


async def _broken(request: Request, error: Exception) -> Response:
    fault = Fault("The server had an error while serving this request.", kind=SERVER_ERROR)
    return JSONResponse({"error": fault.body()}, 500)


def create_app(switchboard: Switchboard, keys: Keys) -> Starlette:
    """The whole server as an ASGI application; the caller closes the switchboard."""
    face, sockets = Face(switchboard, keys), Sockets(switchboard, keys)
    routes: list[BaseRoute] = [Route("/healthz", _healthy)]
    for prefix in (OPENAI, AZURE):
        routes += face.routes(prefix)
        routes.append(WebSocketRoute(f"{prefix}/realtime", sockets.serve))
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["Location"],
    )
    return Starlette(
        routes=routes,
        middleware=[cors],
        exception_handlers={
            Fault: _refused,
            HTTPException: _unrouted,
            ClientDisconnect: _gone,
            Exception: _broken,
        },
    )
