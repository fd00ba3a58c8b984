"""A line that changes while the session goes on, over HTTP: offer another one, say that it stands."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jackfield.web.bodies import offer_of
from jackfield.web.exchange import Line


class Renewing:
    """The endpoints of `/sessions/{id}/lines` and the caller's heartbeat. `find` raises `HTTPException`."""

    def __init__(self, find: Callable[[Request], Line]) -> None:
        self._find = find

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sessions/{id}/lines", self.offer, methods=["POST"]),
            Route("/sessions/{id}/lines/{number:int}", self.connected, methods=["POST"]),
            Route("/sessions/{id}/heartbeat", self.heartbeat, methods=["POST"]),
        ]

    async def offer(self, request: Request) -> Response:
        """201 with the SDP answer; `Location` is the line, which the caller does not use yet."""
        session = self._find(request)
        number, answer = await session.line.renew(await offer_of(request))
        address = f"/sessions/{session.id}/lines/{number}"
        return Response(answer, 201, {"location": address}, media_type="application/sdp")

    async def connected(self, request: Request) -> Response:
        """204: the caller's end of the line stands. `line_changed` tells when to use it."""
        if not self._find(request).line.caller_is_at(request.path_params["number"]):
            raise HTTPException(404, "There is no such line; another one was made instead.")
        return Response(status_code=204)

    async def heartbeat(self, request: Request) -> Response:
        """204: the caller is there, and will make a new line when one is wanted. From the first one on, the
        session ends when they cease."""
        self._find(request).line.heartbeat()
        return Response(status_code=204)
