"""HTTP clients for remote servers, in which one failing request stays one failing request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx2
from httpx2 import USE_CLIENT_DEFAULT
from mcp.types import CONNECTION_CLOSED

from jackfield.mcp.faults import MARK, Fate

if TYPE_CHECKING:  # names of httpx2 that it does not export
    from httpx2._client import UseClientDefault
    from httpx2._types import AuthTypes

TIMEOUT = httpx2.Timeout(30, connect=10, read=300)
"""Seconds. A slow tool sends nothing while it works, so reading has the longest patience; the
time-out of a function call is its caller's."""

FAREWELL = httpx2.Timeout(2)

# Nothing of these requests was carried out: turned away at the door.
TURNED_AWAY = {401, 403, 407, 429, 503}


class Insufficient(httpx2.RequestError):
    """The server did nothing: the login does not reach so far, and the message says who can widen it."""


class IsolatingClient(httpx2.AsyncClient):
    """Answers a request that fails with a JSON-RPC error in an HTTP response, and never raises.

    The SDK's streamable HTTP transport runs all requests of a connection in one task group, so that
    an exception in one of them ends all the others. The error says what became of the request
    (`faults.MARK`).
    Overriding `send` rather than the transport keeps proxies, and every auth flow below it, as they are.
    """

    async def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        auth: AuthTypes | UseClientDefault | None = USE_CLIENT_DEFAULT,
        follow_redirects: bool | UseClientDefault = USE_CLIENT_DEFAULT,
    ) -> httpx2.Response:
        if request.method == "DELETE":  # the farewell: a server that hangs must not hold it up
            request.extensions["timeout"] = FAREWELL.as_dict()
        try:
            response = await super().send(
                request, stream=stream, auth=auth, follow_redirects=follow_redirects
            )
            if "event-stream" not in response.headers.get("content-type", ""):
                await response.aread()  # here, where a connection that breaks in the middle is still ours
        except Insufficient as error:
            return _failure(request, 403, str(error), Fate.REFUSED)
        except httpx2.RequestError as error:
            return _failure(request, 503, _words(error), _fate(error))
        if _is_plain_refusal(response):
            await response.aclose()
            fate = Fate.REFUSED if response.status_code in TURNED_AWAY else Fate.UNKNOWN
            words = f"HTTP {response.status_code} {response.reason_phrase}".strip()
            return _failure(request, response.status_code, words, fate)
        return response


class ReportingClient(httpx2.AsyncClient):
    """Tells when a message could not be delivered: the SDK's SSE transport logs that and carries on,
    with a writer that is dead."""

    failed: Callable[[], None]

    async def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        auth: AuthTypes | UseClientDefault | None = USE_CLIENT_DEFAULT,
        follow_redirects: bool | UseClientDefault = USE_CLIENT_DEFAULT,
    ) -> httpx2.Response:
        try:
            response = await super().send(
                request, stream=stream, auth=auth, follow_redirects=follow_redirects
            )
        except httpx2.RequestError:
            self.failed()
            raise
        if response.is_error:
            self.failed()
        return response


def isolating_client(url: str, headers: Mapping[str, str], auth: httpx2.Auth | None) -> IsolatingClient:
    """A client for one server over streamable HTTP."""
    return IsolatingClient(headers=dict(headers), auth=auth, timeout=TIMEOUT, trust_env=not is_loopback(url))


def reporting_client(
    url: str, headers: Mapping[str, str], failed: Callable[[], None], auth: httpx2.Auth | None
) -> ReportingClient:
    """A client for one server over SSE, which calls `failed` when a request was not delivered."""
    client = ReportingClient(
        headers=dict(headers), auth=auth, timeout=TIMEOUT, trust_env=not is_loopback(url)
    )
    client.failed = failed
    return client


def is_loopback(url: str) -> bool:
    """Whether the address is this machine, to which no proxy leads."""
    host = httpx2.URL(url).host
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def without_secrets(url: str) -> str:
    """The address for a message: keys are often put before the host or after the question mark."""
    return str(httpx2.URL(url).copy_with(userinfo=b"", query=None, fragment=None))


def _is_plain_refusal(response: httpx2.Response) -> bool:
    """A refusal in JSON is the server's own, and is passed on as it is."""
    refused = response.status_code in TURNED_AWAY or response.status_code >= 500
    return refused and not response.headers.get("content-type", "").startswith("application/json")


def _failure(request: httpx2.Request, status: int, words: str, fate: Fate) -> httpx2.Response:
    error = {"code": CONNECTION_CLOSED, "message": words, "data": {MARK: fate.value}}
    return httpx2.Response(status, json={"jsonrpc": "2.0", "id": None, "error": error}, request=request)


def _fate(error: httpx2.RequestError) -> Fate:
    unsent = httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError
    return Fate.UNSENT if isinstance(error, unsent) else Fate.UNKNOWN


def _words(error: httpx2.RequestError) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
