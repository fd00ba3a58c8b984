"""The button that a caller holds while they speak, over HTTP: for agents whose `turn_detection` is none."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jackfield.web.bodies import member_of
from jackfield.web.exchange import Line


class Talking:
    """The endpoint `/sessions/{id}/button`. `find` raises `HTTPException`."""

    def __init__(self, find: Callable[[Request], Line]) -> None:
        self._find = find

    def routes(self) -> list[BaseRoute]:
        return [Route("/sessions/{id}/button", self.hold, methods=["POST"])]

    async def hold(self, request: Request) -> Response:
        """204: from now on the caller speaks (`{"held": true}`), or has spoken (`false`). 409 where the
        service listens for that by itself."""
        session = self._find(request)
        held = await member_of(request, "held")
        if not isinstance(held, bool):
            raise HTTPException(400, 'Send the button as {"held": true} or {"held": false}.')
        if not await session.hold(held=held):
            raise HTTPException(409, "This agent listens by itself; nobody has to hold a button.")
        return Response(status_code=204)
