"""A person logs in to a server, in a browser: the authorization code grant with PKCE (RFC 6749, 7636)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx2
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata
from pydantic import AnyUrl

from jackfield.config.auth import OAuthConfig
from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.auth.authorising import authorised
from jackfield.mcp.auth.loopback import Loopback, loopback
from jackfield.mcp.auth.scopes import WideningProvider
from jackfield.mcp.auth.store import LoginStore
from jackfield.mcp.auth.unkept import Unkept


async def log_in(config: McpServerConfig, show: Callable[[str], None], seconds: float) -> None:
    """Show somebody the address at which to log in, wait for them, and keep what comes of it. What the login
    before it turned out to lack is asked for. Raises `McpError`, and `OSError` where it cannot be kept."""
    assert config.auth is not None
    assert config.auth.oauth is not None
    oauth = config.auth.oauth
    store = LoginStore()
    before = store.read(config.url or "")
    try:
        async with asyncio.timeout(seconds), loopback(oauth.port, show) as end:
            provider = _provider(config.url or "", oauth, end)
            provider.scope = before.wider if before else ""
            login = await authorised(provider, config)
    except TimeoutError:
        raise McpError(f"nobody logged in within {seconds:g} seconds") from None
    except httpx2.ConnectError as error:
        raise McpError(str(error)) from None
    except McpError:
        kept = store.read(config.url or "")  # by now it may have been renewed
        if kept is not None:  # so that one who may not have more can still log in as before
            store.write(kept.model_copy(update={"lacks": ""}))
        raise
    store.write(login)


def _provider(url: str, oauth: OAuthConfig, end: Loopback) -> WideningProvider:
    metadata = _metadata(oauth, end.redirect_uri)
    return WideningProvider(
        url,
        metadata,
        Unkept(_client(oauth, metadata)),
        end.ask,
        end.answer,
        client_metadata_url=oauth.client_metadata_url,
    )


def _metadata(oauth: OAuthConfig, redirect_uri: str) -> OAuthClientMetadata:
    return OAuthClientMetadata(
        client_name="Jackfield",
        redirect_uris=[AnyUrl(redirect_uri)],
        grant_types=["authorization_code", "refresh_token"],
        token_endpoint_auth_method="client_secret_basic" if oauth.client_secret else "none",
    )


def _client(oauth: OAuthConfig, metadata: OAuthClientMetadata) -> OAuthClientInformationFull | None:
    """Who we are there, if somebody has registered us; None to have the SDK do it."""
    if oauth.client_id is None:
        return None
    return OAuthClientInformationFull(
        client_id=oauth.client_id,
        client_secret=oauth.client_secret,
        redirect_uris=metadata.redirect_uris,
        token_endpoint_auth_method=metadata.token_endpoint_auth_method,
    )
