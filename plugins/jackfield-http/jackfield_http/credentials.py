"""Credentials, added where a request leaves, and nowhere before.

Below the client of httpx, they are in no log of it, in no exception and in no address that is printed; and
since no other place is ever asked, they go to no other place.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

Origin = tuple[str, str, int]


class Elsewhere(httpx.TransportError):
    """The API sent its caller to another place; nothing was sent there."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers, and pairs of the query, that every request to the API has."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def values(self) -> list[str]:
        """Everything that is secret in them."""
        tokens = [value.rpartition(" ")[2] for value in self.headers.values()]
        return [*self.headers.values(), *self.query.values(), *tokens]


def bearer(token: str) -> Credentials:
    return Credentials(headers={"Authorization": f"Bearer {token}"})


def basic(username: str, password: str) -> Credentials:
    pair = b64encode(f"{username}:{password}".encode()).decode()
    return Credentials(headers={"Authorization": f"Basic {pair}"})


def origin(url: httpx.URL) -> Origin:
    port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    return url.scheme, url.host, port


class OneOrigin(httpx.AsyncBaseTransport):
    """Asks one scheme, host and port, with credentials; raises `Elsewhere` for every other."""

    def __init__(self, inner: httpx.AsyncBaseTransport, base: httpx.URL, credentials: Credentials) -> None:
        self._inner = inner
        self._origin = origin(base)
        self._credentials = credentials

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if origin(request.url) != self._origin:
            raise Elsewhere(f"redirected to {request.url.host[:80]}", request=request)
        return await self._inner.handle_async_request(self._signed(request))

    def _signed(self, request: httpx.Request) -> httpx.Request:
        headers = request.headers.copy()
        headers.update(self._credentials.headers)
        # httpx would drop what the address has already, if it were handed as `params` to the request.
        url = (
            request.url.copy_merge_params(self._credentials.query) if self._credentials.query else request.url
        )
        return httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
        )

    async def aclose(self) -> None:
        await self._inner.aclose()
