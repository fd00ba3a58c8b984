"""Tokens that Jackfield gets as itself: client credentials, and an identity of Azure."""

from __future__ import annotations

import asyncio
import time
from importlib import import_module
from typing import TYPE_CHECKING

from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider

from jackfield.config.auth import AzureAuthConfig, ClientCredentialsConfig
from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.auth.authorising import authorised
from jackfield.mcp.auth.login import Login
from jackfield.mcp.auth.unkept import Unkept

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


class ClientCredentials:
    """A `TokenSource`: the client credentials grant (RFC 6749, 4.4)."""

    def __init__(self, server: McpServerConfig, config: ClientCredentialsConfig) -> None:
        self._server = server
        self._config = config
        self._login: Login | None = None
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        async with self._asking:
            if self._login is None or not self._login.is_fresh(time.time()):
                self._login = await self._ask()
            return self._login.tokens.access_token

    async def renewed(self, refused: str) -> str | None:
        async with self._asking:
            if self._login is None or self._login.tokens.access_token == refused:
                self._login = await self._ask()
            return self._login.tokens.access_token

    async def lacks(self, scopes: str) -> None:
        """Nobody is asked: what it may do is decided where it is known."""

    async def aclose(self) -> None:
        """Nothing is held."""

    async def _ask(self) -> Login:
        provider = ClientCredentialsOAuthProvider(
            self._server.url or "",
            Unkept(),
            self._config.client_id,
            self._config.client_secret,
            scope=self._config.scope,
            issuer=self._config.issuer,
        )
        return await authorised(provider, self._server)


class AzureIdentity:
    """A `TokenSource`: azure-identity keeps tokens, and renews them before their end."""

    def __init__(self, config: AzureAuthConfig) -> None:
        self._scope = config.scope
        self._credential: AsyncTokenCredential | None = None

    async def token(self) -> str:
        # On demand: the library takes a second to import.
        identity, errors = import_module("azure.identity.aio"), import_module("azure.core.exceptions")
        if self._credential is None:
            self._credential = identity.DefaultAzureCredential()
        try:
            return (await self._credential.get_token(self._scope)).token
        except errors.AzureError as error:
            words = str(error).partition("\n")[0]
            raise McpError(f"azure-identity has no token for {self._scope}: {words}") from None

    async def renewed(self, refused: str) -> str | None:
        token = await self.token()
        return token if token != refused else None

    async def lacks(self, scopes: str) -> None:
        """Nobody is asked: what it may do is decided where it is known."""

    async def aclose(self) -> None:
        if self._credential is not None:
            await self._credential.close()
