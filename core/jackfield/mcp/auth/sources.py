"""From `auth` of agents.yaml to what is put into requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jackfield.config.auth import AuthConfig
from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.auth.bearer import BearerAuth, TokenSource
from jackfield.mcp.auth.own import AzureIdentity, ClientCredentials
from jackfield.mcp.auth.store import LoginStore
from jackfield.mcp.auth.stored import StoredLogin
from jackfield.mcp.http import is_loopback


@asynccontextmanager
async def bearer(name: str, config: McpServerConfig) -> AsyncIterator[BearerAuth | None]:
    """What authorises requests to a server, with a token got already, or None where it has no `auth`. Raises
    `McpError` where a person has to do something first, and `httpx2.ConnectError`."""
    if config.auth is None:
        yield None
        return
    source = _source(name, config, config.auth)
    try:
        await source.token()
        yield BearerAuth(source)
    finally:
        await source.aclose()


def _source(name: str, config: McpServerConfig, auth: AuthConfig) -> TokenSource:
    if auth.client_credentials is not None:
        return ClientCredentials(config, auth.client_credentials)
    if auth.azure is not None:
        return AzureIdentity(auth.azure)
    if config.url is None:
        raise McpError(f"mcp_servers.{name}.auth is for a server with a url")
    return StoredLogin(name, config.url, LoginStore(), proxied=not is_loopback(config.url))
