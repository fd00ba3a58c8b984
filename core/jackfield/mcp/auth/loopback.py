"""The end of a login in a browser: a page of ours at this machine's own address (RFC 8252, 7.3)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from mcp.shared.auth import AuthorizationCodeResult

from jackfield.errors import McpError

PATH = "/callback"
WITHIN = 10.0
"""Seconds for a browser to say what it wants."""

MOST_REQUEST = 16 * 1024
PAGE = "<!doctype html><title>Jackfield</title><p>{}</p>"


class Loopback:
    """Made by `loopback`. An answer with another `state` than that of our question is not for us: it is
    turned away, and the right one still waited for."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.redirect_uri = ""
        self._show = show
        self._state = ""
        self._answered: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    async def ask(self, url: str) -> None:
        """Show somebody the address at which to log in."""
        self._state = parse_qs(urlsplit(url).query)["state"][0]
        self._show(url)

    async def answer(self) -> AuthorizationCodeResult:
        """What the browser brings. Raises `McpError` where the login was refused."""
        return await self._answered

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._hear(head.split(b" ", 2)[1].decode("latin-1"))
                body = PAGE.format(words)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
                    f"Connection: close\r\nReferrer-Policy: no-referrer\r\n\r\n{body}".encode()
                )
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError, OSError):
            pass  # no browser that was sent here
        finally:
            writer.close()

    def _hear(self, target: str) -> tuple[str, str]:
        parts = urlsplit(target)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != PATH:
            return "404 Not Found", "There is nothing here."
        if not self._state or not secrets.compare_digest(given.get("state", ""), self._state):
            return "400 Bad Request", "This is not the answer to the login that is waited for."
        if self._answered.done():
            return "400 Bad Request", "This login is over."
        if "code" not in given:
            self._answered.set_exception(McpError(f"the login was refused: {given.get('error', 'no code')}"))
            return "200 OK", "The login was refused. You can close this page."
        self._answered.set_result(
            AuthorizationCodeResult(code=given["code"], state=given["state"], iss=given.get("iss"))
        )
        return "200 OK", "You are logged in. You can close this page."


@asynccontextmanager
async def loopback(port: int, show: Callable[[str], None]) -> AsyncIterator[Loopback]:
    """A page at 127.0.0.1 while this lasts. Raises `OSError` if the port is taken."""
    end = Loopback(show)
    server = await asyncio.start_server(end.serve, "127.0.0.1", port, limit=MOST_REQUEST)
    end.redirect_uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
    try:
        yield end
    finally:
        server.close()
