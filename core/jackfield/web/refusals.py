"""Errors as HTTP: a status, and `{"error": {"message": …}}` with a sentence that a page can show."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from jackfield.errors import ConfigurationError, JackfieldError, ProviderRefused, ProviderUnreachable

log = logging.getLogger("jackfield.web")


def refused(status: int, message: str) -> JSONResponse:
    """The one shape that every refusal has."""
    headers = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"retry-after": "5"}
    return JSONResponse({"error": {"message": message}}, status, headers)


def status_of(error: JackfieldError) -> int:
    """Whose fault it was, as the caller of this server sees it."""
    if isinstance(error, ProviderUnreachable):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, ProviderRefused) and error.status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, ConfigurationError):
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.BAD_GATEWAY


async def on_our_own(request: Request, error: Exception) -> JSONResponse:
    """Our errors hold no secrets by contract, so their sentence may be shown."""
    assert isinstance(error, JackfieldError)
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return refused(status_of(error), str(error))


async def on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = refused(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


async def on_accident(request: Request, error: Exception) -> JSONResponse:
    """Anything unforeseen: its text stays in the log, which starlette's outermost layer feeds."""
    return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; the server's log says what.")
