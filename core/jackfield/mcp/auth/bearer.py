"""A token with each request, and one more try with another where it is refused (RFC 6750)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

import httpx2

from jackfield.mcp.auth.scopes import UNAUTHORIZED, lacking


class TokenSource(Protocol):
    """Where tokens come from."""

    async def token(self) -> str:
        """One that is good for a while. Raises `McpError` where a person has to do something, and
        `httpx2.ConnectError` where whoever gives tokens does not."""

    async def renewed(self, refused: str) -> str | None:
        """Another one than that which was refused, or None if there is none. Raises as `token` does."""

    async def lacks(self, scopes: str) -> None:
        """What it gives is good, and does not reach so far. Raises `Insufficient` where a person can make
        it do so."""

    async def aclose(self) -> None:
        """Let go of what it holds."""


class BearerAuth(httpx2.Auth):
    """For one server. Requests wait for each other only while a token is renewed."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        token = await self._source.token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == UNAUTHORIZED:
            another = await self._source.renewed(token)
            if another is None:
                return
            request.headers["Authorization"] = f"Bearer {another}"
            response = yield request
        if scopes := lacking(response):
            await self._source.lacks(scopes)
