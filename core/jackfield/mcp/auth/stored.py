"""The tokens of a person's login, renewed without them for as long as the authorization server agrees."""

from __future__ import annotations

import asyncio
import time

import httpx2
from mcp.client.auth.oauth2 import OAuthContext
from mcp.shared.auth import OAuthClientMetadata, OAuthToken
from pydantic import ValidationError

from jackfield.errors import McpError
from jackfield.mcp.auth.login import Login
from jackfield.mcp.auth.store import LoginStore
from jackfield.mcp.auth.unkept import Unkept
from jackfield.mcp.http import Insufficient

TIMEOUT = 15.0
"""Seconds for an authorization server to answer."""

OK, SERVER_ERROR, TOO_MANY = 200, 500, 429


class StoredLogin:
    """A `TokenSource`. `name` is the server's in agents.yaml, for the person who has to log in again."""

    def __init__(self, name: str, server: str, store: LoginStore, *, proxied: bool) -> None:
        self._name = name
        self._server = server
        self._store = store
        self._proxied = proxied
        self._renewing = asyncio.Lock()

    async def token(self) -> str:
        async with self._renewing:
            login = self._login()
            if not login.is_fresh(time.time()):
                login = await self._renew(login)
            return login.tokens.access_token

    async def renewed(self, refused: str) -> str | None:
        async with self._renewing:
            login = self._login()
            if login.tokens.access_token == refused:  # and nobody, here or elsewhere, was faster
                login = await self._renew(login)
            return login.tokens.access_token

    async def lacks(self, scopes: str) -> None:
        async with self._renewing:
            self._store.write(self._login().lacking(scopes))
        raise Insufficient(f"this needs a wider login: run `jackfield mcp login {self._name}`")

    async def aclose(self) -> None:
        """Nothing is held."""

    def _login(self) -> Login:
        login = self._store.read(self._server)
        if login is None:
            raise self._wants_login("nobody has logged in to it")
        return login

    async def _renew(self, login: Login) -> Login:
        fields = login.renewal()
        if fields is None:
            raise self._wants_login("its login has ended")
        response = await self._ask(login, fields)
        if response.status_code >= SERVER_ERROR or response.status_code == TOO_MANY:
            raise _unavailable(f"the authorization server answered HTTP {response.status_code}")
        if response.status_code != OK:
            self._store.forget(self._server)
            raise self._wants_login("its login is not accepted any more")
        try:
            tokens = OAuthToken.model_validate_json(response.content)
        except ValidationError:  # its words may hold the token
            raise _unavailable("the authorization server's answer cannot be understood") from None
        renewed = login.renewed(tokens, time.time())
        self._store.write(renewed)
        return renewed

    async def _ask(self, login: Login, fields: dict[str, str]) -> httpx2.Response:
        # The SDK knows the ways for a client to say who it is.
        context = OAuthContext(self._server, OAuthClientMetadata(redirect_uris=None), Unkept(), None, None)
        context.client_info = login.client
        fields, headers = context.prepare_token_auth(fields, {})
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=self._proxied) as http:
            try:
                return await http.post(login.token_endpoint, data=fields, headers=headers)
            except httpx2.RequestError as error:
                raise _unavailable(f"the authorization server: {type(error).__name__}") from None

    def _wants_login(self, why: str) -> McpError:
        return McpError(f"{why}: run `jackfield mcp login {self._name}`")


def _unavailable(words: str) -> httpx2.ConnectError:
    """For the request that the token is for, which was not carried out."""
    return httpx2.ConnectError(words)
