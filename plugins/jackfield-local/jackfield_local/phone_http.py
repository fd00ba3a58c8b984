"""Phone calls over HTTP: what the services offer to whoever answers them, and, under `jackfield/phone`, what
only exists here: to play the caller."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from jackfield_local.bodies import in_time, read_body
from jackfield_local.engine.shapes import read
from jackfield_local.keys import Secret
from jackfield_local.phone_bodies import KEYS, accepted, json_of, referred, rejected, ringing
from jackfield_local.refusals import unauthorised
from jackfield_local.switchboard import Switchboard

Admit = Callable[[Request], Secret | None]


class PhoneFace:
    """`admit` raises `Refusal` (401) for a request without a key."""

    def __init__(self, switchboard: Switchboard, admit: Admit) -> None:
        self._switchboard = switchboard
        self._phones = switchboard.phones
        self._admit = admit

    def routes(self, prefix: str) -> list[BaseRoute]:
        calls, desk = f"{prefix}/realtime/calls/{{call_id}}", f"{prefix}/jackfield/phone/calls"
        return [
            Route(f"{calls}/accept", self.accept, methods=["POST"]),
            Route(f"{calls}/reject", self.reject, methods=["POST"]),
            Route(f"{calls}/refer", self.refer, methods=["POST"]),
            Route(desk, self.ring, methods=["POST"]),
            Route(f"{desk}/{{call_id}}", self.look, methods=["GET"]),
            Route(f"{desk}/{{call_id}}", self.hang_up, methods=["DELETE"]),
            Route(f"{desk}/{{call_id}}/keys", self.press, methods=["POST"]),
            Route(f"{desk}/{{call_id}}/sound", self.speak, methods=["POST"]),
        ]

    # --- for whoever answers --------------------------------------------------------------------------

    async def accept(self, request: Request) -> Response:
        call_id = self._call_of(request)
        self._phones.find(call_id)
        self._switchboard.accept(call_id, await accepted(request))
        return Response()

    async def reject(self, request: Request) -> Response:
        call_id = self._call_of(request)
        self._phones.find(call_id)
        self._phones.reject(call_id, await rejected(request))
        return Response()

    async def refer(self, request: Request) -> Response:
        call_id = self._call_of(request)
        self._phones.find(call_id)
        self._switchboard.refer(call_id, await referred(request))
        return Response()

    # --- for whoever plays the caller -----------------------------------------------------------------

    async def ring(self, request: Request) -> Response:
        """201 with the call, and the event that a webhook is to carry: whoever asked delivers it."""
        self._require_key(request)
        call = self._phones.ring(await ringing(request))
        return JSONResponse({**call.described(), "event": call.announcement()}, 201)

    async def look(self, request: Request) -> Response:
        """How it stands with a call; with `?settled`, when it rings no more."""
        call = self._phones.find(self._call_of(request))
        if "settled" in request.query_params:
            await call.settled.wait()  # no longer than it rings
        return JSONResponse(call.described())

    async def hang_up(self, request: Request) -> Response:
        self._phones.hang_up(self._call_of(request))
        return Response(status_code=204)

    async def press(self, request: Request) -> Response:
        call = self._phones.find(self._call_of(request))
        for key in read(KEYS, await json_of(request)).keys:
            call.line.press(key)
        return Response(status_code=204)

    async def speak(self, request: Request) -> Response:
        """The body is the caller's voice: s16le mono at 24 kHz."""
        call = self._phones.find(self._call_of(request))
        async with in_time():
            call.line.speak(await read_body(request))
        return Response(status_code=204)

    def _call_of(self, request: Request) -> str:
        self._require_key(request)
        return str(request.path_params["call_id"])

    def _require_key(self, request: Request) -> None:
        if self._admit(request) is not None:
            raise unauthorised("An ephemeral key opens sessions; it answers no phone.")
