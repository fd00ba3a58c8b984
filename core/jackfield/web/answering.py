"""What a running tool wants to know of the caller (`question_asked`), answered over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jackfield.errors import ToolError
from jackfield.web.bodies import reply_of
from jackfield.web.exchange import Line


class Answering:
    """The endpoint `/sessions/{id}/questions/{question_id}`. `find` raises `HTTPException`."""

    def __init__(self, find: Callable[[Request], Line]) -> None:
        self._find = find

    def routes(self) -> list[BaseRoute]:
        return [Route("/sessions/{id}/questions/{question_id}", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """204: the tool goes on with it. 422 with the corrections where it does not fit the question."""
        session = self._find(request)
        values = await reply_of(request)
        try:
            known = await session.answer(request.path_params["question_id"], values)
        except ToolError as error:
            raise HTTPException(422, str(error)) from None
        if not known:
            raise HTTPException(
                404, "This is not asked any more: it was answered, or too much time has passed."
            )
        return Response(status_code=204)
