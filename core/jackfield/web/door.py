"""The door: every request passes here, and every answer leaves with the same security headers."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jackfield.providers.guest import Guest, serving
from jackfield.web.access import Access
from jackfield.web.refusals import refused

CALLER = "jackfield-caller"
"""The header in which a program that serves callers of its own says who this one is (a name it gives them):
services are told a hash of it, to tell the misuse of one from all others'."""

MOST_OF_A_NAME = 200

# Scripts, styles, sound and requests come from this server and from nowhere else.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' mediastream: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Door:
    """ASGI middleware that asks `Access` before the application sees a request."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._access.refusal(scope["method"], scope["path"], headers)
        app = self._app if refusal is None else refused(refusal.status, refusal.message)
        name = headers.get(CALLER, "")[:MOST_OF_A_NAME]
        with serving(Guest(name, trusted=self._access.trusts_pages)):
            await app(scope, receive, send_with_headers)
