"""What is refused over HTTP, and on a WebSocket before it opens: a fault with a status."""

from __future__ import annotations

from jackfield_local.engine.errors import INVALID_REQUEST, SERVER_ERROR, Fault


class Refusal(Fault):
    """Answered with `status` and the wire's error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = INVALID_REQUEST,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code, param=param, kind=kind)
        self.status = status
        self.headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}


def unauthorised(message: str) -> Refusal:
    return Refusal(401, message, code="invalid_api_key")


def unknown_call() -> Refusal:
    """In the service's own words; `param` is an empty string there too."""
    return Refusal(404, "No session found for the provided call_id", code="call_id_not_found", param="")


def not_found(path: str) -> Refusal:
    return Refusal(404, f"Invalid URL ({path})", code="unknown_url")


def unsupported_media(given: str) -> Refusal:
    return Refusal(
        415,
        f"Unsupported content type '{given}'; send application/sdp or multipart/form-data.",
        code="unsupported_content_type",
    )


def bad_body(message: str, param: str | None = None) -> Refusal:
    return Refusal(400, message, code="invalid_request_error", param=param)


def too_large(most: int) -> Refusal:
    return Refusal(413, f"The request body is larger than {most} bytes.", code="request_too_large")


def too_slow(seconds: float) -> Refusal:
    return Refusal(408, f"The request body did not arrive within {seconds:g} s.", code="request_timeout")


def overloaded(message: str) -> Refusal:
    return Refusal(503, message, code="server_overloaded", kind=SERVER_ERROR)
