"""Scopes that a login turned out to lack, and how the next one asks for them (RFC 6750, 3.1)."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.utils import extract_field_from_www_auth, extract_scope_from_www_auth

UNAUTHORIZED, FORBIDDEN = 401, 403
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")
"""A scope's characters (RFC 6749, 3.3), and as many as anybody needs."""

MOST_SCOPES = 100


def lacking(response: httpx2.Response) -> str:
    """The scopes that a server names in a refusal for want of them, with blanks between, or ""."""
    if response.status_code != FORBIDDEN:
        return ""
    if extract_field_from_www_auth(response, "error") != "insufficient_scope":
        return ""
    return union(extract_scope_from_www_auth(response))


def union(*scopes: str | None) -> str:
    """All of these that are scopes, each once, in their order."""
    words = " ".join(each for each in scopes if each).split()
    return " ".join([each for each in dict.fromkeys(words) if SCOPE.fullmatch(each)][:MOST_SCOPES])


class WideningProvider(OAuthClientProvider):
    """The SDK's flow, which asks for the scopes of the server's challenge, with those of `scope` added here.

    They are put into the challenge: a client that registers itself is registered with them as well.
    """

    scope = ""

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        flow = super().async_auth_flow(request)
        try:
            outgoing = await anext(flow)
            while True:
                response = yield outgoing
                if self.scope and response.status_code == UNAUTHORIZED:
                    self._widen(response)
                outgoing = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    def _widen(self, response: httpx2.Response) -> None:
        wanted = union(extract_scope_from_www_auth(response), self.scope)
        challenge = response.headers.get("www-authenticate", "Bearer")
        response.headers["www-authenticate"] = f'Bearer scope="{wanted}", {challenge}'
