"""An MCP server that wants a login, and the authorization server that it trusts, both the SDK's."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import uvicorn
from mcp.server import MCPServer
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.server.auth.routes import build_metadata
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions, RevocationOptions
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl, AnyUrl
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

REGISTRATION = ClientRegistrationOptions(enabled=True)
ROBOT = ("robot", "s3cret-of-the-robot")


class Documented(OAuthClientInformationFull):
    """Its page is on its own machine, at whatever port (RFC 8252, 7.3)."""

    def validate_redirect_uri(self, redirect_uri: AnyUrl | None) -> AnyUrl:
        assert redirect_uri is not None
        assert redirect_uri.host == "127.0.0.1"
        return redirect_uri


class Gate(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Everybody who comes is let in at once, for `life` seconds; the tests take back what they like."""

    def __init__(self) -> None:
        self.life = 3600
        self.given: list[str] = []
        self.down = False
        self.asked: list[list[str]] = []
        self.calls_want = "read"
        self.reads_documents = False
        self.clients: dict[str, OAuthClientInformationFull] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        if self.reads_documents and client_id.startswith("https://"):
            return Documented(client_id=client_id, redirect_uris=None, token_endpoint_auth_method="none")
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        self.asked.append(params.scopes or [])
        code = AuthorizationCode(
            code=secrets.token_urlsafe(),
            scopes=params.scopes or ["read"],
            expires_at=time.time() + 60,
            client_id=client.client_id,
            **params.model_dump(exclude={"state", "scopes"}),
        )
        self.codes[code.code] = code
        return construct_redirect_uri(str(params.redirect_uri), code=code.code, state=params.state)

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        del self.codes[authorization_code.code]
        return self.give(client.client_id, authorization_code.resource, authorization_code.scopes)

    async def load_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: str
    ) -> RefreshToken | None:
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        del self.refresh[refresh_token.token]
        return self.give(client.client_id, refresh_token.resource, scopes)

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.access.get(token)

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        raise NotImplementedError

    def give(self, client_id: str, resource: str | None, scopes: list[str]) -> OAuthToken:
        token, refresh = secrets.token_urlsafe(), secrets.token_urlsafe()
        self.given += [token, refresh]
        about = {"client_id": client_id, "scopes": scopes, "resource": resource}
        self.access[token] = AccessToken.model_validate({"token": token, **about})
        self.refresh[refresh] = RefreshToken.model_validate({"token": refresh, **about})
        scope = " ".join(scopes) or None
        return OAuthToken(access_token=token, expires_in=self.life, refresh_token=refresh, scope=scope)

    async def step_in(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """What the SDK's servers do not do: more scopes for calls, documents of clients, the client
        credentials grant; and being down."""
        path = request.url.path
        if path == "/token":
            return await self._token(request, call_next)
        if path == "/mcp" and b'"tools/call"' in await request.body() and not self._suffices(request):
            challenge = f'Bearer error="insufficient_scope", scope="{self.calls_want}"'
            return JSONResponse({}, status_code=403, headers={"WWW-Authenticate": challenge})
        if path == "/.well-known/oauth-authorization-server" and self.reads_documents:
            base = AnyHttpUrl(str(request.base_url))
            metadata = build_metadata(base, None, REGISTRATION, RevocationOptions())
            metadata.client_id_metadata_document_supported = True
            return JSONResponse(metadata.model_dump(mode="json", exclude_none=True))
        return await call_next(request)

    def _suffices(self, request: Request) -> bool:
        """Tokens that nobody knows are the SDK's to refuse."""
        token = self.access.get(request.headers["authorization"].partition(" ")[2])
        return token is None or self.calls_want in [*token.scopes, "read"]

    async def _token(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        if self.down:
            return Response(status_code=503)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form.get("grant_type") != "client_credentials":
            return await call_next(request)
        who = b64decode(request.headers["authorization"].partition(" ")[2]).decode().split(":")
        if tuple(who) != ROBOT:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        given = self.give(who[0], form.get("resource"), [])
        return JSONResponse(given.model_copy(update={"refresh_token": None}).model_dump(exclude_none=True))


@asynccontextmanager
async def guarded(gate: Gate) -> AsyncIterator[str]:
    """The base address of both; the MCP server is at /mcp."""
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(base),
        resource_server_url=AnyHttpUrl(f"{base}/mcp"),
        validate_token_resource=True,
        client_registration_options=REGISTRATION,
    )
    server = MCPServer("vault", auth_server_provider=gate, auth=auth)

    @server.tool()
    def open_box(number: int) -> str:
        """Opens a box."""
        return f"Box {number} is open."

    app = server.streamable_http_app()
    app.add_middleware(BaseHTTPMiddleware, dispatch=gate.step_in)
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield base
    finally:
        running.should_exit = True
        await serving
        listening.close()
