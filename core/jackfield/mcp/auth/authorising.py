"""Tokens for the first time. Discovery, registration and the grant are the SDK's (RFC 9728, 8414, 7591)."""

from __future__ import annotations

import logging
import time

import httpx2
from mcp.client.auth import OAuthClientProvider, OAuthFlowError

from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.auth.login import Login
from jackfield.mcp.http import is_loopback

TIMEOUT = 15.0
"""Seconds for each request."""

PROTOCOL = "2025-11-25"
PROBE = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
"""Changes nothing, and belongs to no session: a server that wants a token says so all the same."""

MOST_WORDS = 300


def _is_told_elsewhere(record: logging.LogRecord) -> bool:
    """The SDK logs a failed flow with all that was in it, which may be a token; we raise it in our words."""
    return "OAuth flow error" not in record.getMessage()


logging.getLogger("mcp.client.auth.oauth2").addFilter(_is_told_elsewhere)


async def authorised(provider: OAuthClientProvider, config: McpServerConfig) -> Login:
    """What the provider's flow comes to, when the server asks for a token. Raises `McpError`, and
    `httpx2.ConnectError` where it is not reached."""
    url = config.url or ""
    client = httpx2.AsyncClient(auth=provider, timeout=TIMEOUT, trust_env=not is_loopback(url))
    method, body = ("GET", None) if config.transport == "sse" else ("POST", PROBE)
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": PROTOCOL}
    try:
        async with client, client.stream(method, url, json=body, headers=headers) as response:
            status = response.status_code
    except (OAuthFlowError, ValueError) as error:
        raise McpError(f"no token was got: {_words(error)}") from None
    except httpx2.HTTPError as error:
        raise httpx2.ConnectError(f"no token was got: {type(error).__name__}: {error}") from None
    return _login(provider, url, status)


def _login(provider: OAuthClientProvider, url: str, status: int) -> Login:
    context = provider.context
    if context.current_tokens is None or context.client_info is None:
        raise McpError(f"the server did not ask for a login: it answered HTTP {status} without one")
    metadata = context.oauth_metadata
    fallback = f"{context.get_authorization_base_url(url)}/token"  # as servers before 2025-06-18 have it
    return Login(
        server=url,
        tokens=context.current_tokens,
        got_at=time.time(),
        client=context.client_info,
        token_endpoint=str(metadata.token_endpoint) if metadata else fallback,
        resource=context.get_resource_url() if context.should_include_resource_param(PROTOCOL) else None,
    )


def _words(error: Exception) -> str:
    """Without the pieces of an answer that could not be read."""
    words = str(error).partition("input_value")[0].strip()
    return words[:MOST_WORDS] or type(error).__name__
