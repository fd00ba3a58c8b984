"""The application: which request goes where."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from jackfield.errors import JackfieldError
from jackfield.session.servers import away
from jackfield.web.access import WEBHOOKS, Access
from jackfield.web.answering import Answering
from jackfield.web.door import Door
from jackfield.web.exchange import Exchange
from jackfield.web.lines import Lines, agents_of
from jackfield.web.refusals import on_accident, on_http, on_our_own, refused
from jackfield.web.renewing import Renewing
from jackfield.web.talking import Talking
from jackfield.web.webhooks import Webhooks

PAGE = Path(__file__).parent / "page"


def application(runtime: Exchange, *, access: Access) -> Starlette:
    """The HTTP face of a runtime that is open already, for any ASGI server.

    It opens and closes nothing itself: sessions end when the runtime is closed.
    """
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=sorted(access.origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type", "last-event-id"],
        expose_headers=["location"],
    )
    return Starlette(
        routes=[*page_routes(), *health_routes(runtime, access), *session_routes(runtime, access)],
        middleware=[Middleware(Door, access=access), cross_origin],
        exception_handlers={JackfieldError: on_our_own, HTTPException: on_http, Exception: on_accident},
    )


class Assets(StaticFiles):
    """The page's files: always asked for again, and mostly answered with 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "no-cache"
        return answer


def page_routes() -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={"cache-control": "no-cache"})

    return [Route("/", page), Mount("/assets", Assets(directory=PAGE))]


def health_routes(runtime: Exchange, access: Access) -> list[BaseRoute]:
    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        if len(runtime.sessions) >= access.most_sessions:
            return refused(503, "All lines are busy.")
        statuses = runtime.mcp_servers()
        if missing := [status.name for status in away(statuses)]:
            return refused(503, f"A required MCP server is away: {', '.join(missing)}.")
        return JSONResponse({"status": "ready", "mcp_servers": {each.name: each.state for each in statuses}})

    return [Route("/healthz", alive), Route("/readyz", ready)]


def session_routes(runtime: Exchange, access: Access) -> list[BaseRoute]:
    lines = Lines(runtime, access.most_sessions)

    async def agents(request: Request) -> Response:
        return JSONResponse({"agents": agents_of(runtime.config)})

    return [
        Route("/agents", agents),
        Route("/agents/{agent}/sessions", lines.open, methods=["POST"]),
        Route("/sessions/{id}", lines.hang_up, methods=["DELETE"]),
        Route("/sessions/{id}/events", lines.events),
        Route("/sessions/{id}/messages", lines.say, methods=["POST"]),
        Route("/sessions/{id}/confirmations/{call_id}", lines.confirm, methods=["POST"]),
        *Renewing(lines.find).routes(),
        Route(WEBHOOKS, Webhooks(runtime, access.most_sessions).receive, methods=["POST"]),
        *Answering(lines.find).routes(),
        *Talking(lines.find).routes(),
    ]
