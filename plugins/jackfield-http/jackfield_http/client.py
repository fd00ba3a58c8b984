"""Asks one API: bounded in time, in size, in redirects, and in how many connections it has."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx

from jackfield.calls import Arguments, Json
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield_http.answers import NOT_DONE, Answered, read
from jackfield_http.concealment import Secrets
from jackfield_http.credentials import Credentials, Elsewhere, OneOrigin
from jackfield_http.operation import Operation, Request

log = logging.getLogger(__name__)

_MOST_REDIRECTS = 3
_MOST_CONNECTIONS = 20
_IDLE_CONNECTIONS = 5
_LONGEST_WAIT = 300.0
"""Seconds for which a `Retry-After` is heeded."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an API is, and how it is asked. `timeout` is seconds for the whole exchange, `limit` the bytes
    of an answer that are read."""

    name: str
    base_url: str
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    timeout: float = 10.0
    limit: int = 1024 * 1024


class Opened:
    """A pool of connections, open until its loop ends: a loop closes the generators that were begun on it
    (`shutdown_asyncgens`), whoever owns it."""

    def __init__(self, pool: httpx.AsyncClient) -> None:
        self.pool = pool
        self.life = self._live()

    async def _live(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await self.pool.aclose()


class Client:
    """One pool of connections for each event loop that asks: connections belong to their loop, and tools
    may be moved to a fresh one."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = monotonic) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._pools: dict[asyncio.AbstractEventLoop, Opened] = {}
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._secrets = Secrets(endpoint.credentials.values())
        # Reading the certificates takes its time: not on a loop.
        encrypted = endpoint.base_url.startswith("https:")
        self._verify = httpx.create_ssl_context() if encrypted else False

    @property
    def timeout(self) -> float:
        """Seconds for one exchange."""
        return self._endpoint.timeout

    async def call(self, operation: Operation, arguments: Arguments) -> Json:
        """The value for the model. Raises `ToolError` in words for the model; `OutcomeUnknown` where it may
        have taken effect, `ToolUnavailable` where it has not and trying again may help."""
        request = operation.request(arguments)
        self._heed()
        try:
            async with asyncio.timeout(self._endpoint.timeout):
                answered = await self._exchange(request)
        except TimeoutError:
            words = f"did not answer within {self._endpoint.timeout:g} seconds"
            raise self._accident(operation, words) from None
        except httpx.HTTPError as error:
            raise self._fault(operation, error) from None
        if answered.wait is not None and answered.status in NOT_DONE:
            self._quiet_until = self._clock() + min(answered.wait, _LONGEST_WAIT)
        return read(self._endpoint.name, operation, answered, self._secrets)

    async def aclose(self) -> None:
        """Close the connections of the loop that this is called on, now and not when the loop ends."""
        with self._lock:
            opened = self._pools.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.life.aclose()

    # --- the exchange -------------------------------------------------------------------------------------

    async def _exchange(self, request: Request) -> Answered:
        content: dict[str, object] = {}
        if request.body is not None:
            content["data" if request.form else "json"] = request.body
        pool = await self._pool()
        async with pool.stream(
            request.method,
            httpx.URL(self._endpoint.base_url.rstrip("/") + request.path),
            params=list(request.query) or None,
            headers=list(request.headers),
            **content,  # type: ignore[arg-type]
        ) as response:
            body, cut = await self._body(response)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            wait = retry_after(response.headers.get("retry-after", ""), datetime.now(UTC))
            charset = response.charset_encoding or "utf-8"
            return Answered(response.status_code, media_type, charset, body, cut, wait)

    async def _body(self, response: httpx.Response) -> tuple[bytes, bool]:
        """What is read of it, and whether there is more."""
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > self._endpoint.limit:
                return bytes(body[: self._endpoint.limit]), True
        return bytes(body), False

    async def _pool(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        with self._lock:
            pools = {each: pool for each, pool in self._pools.items() if not each.is_closed()}
            self._pools = pools
            if loop in pools:
                return pools[loop].pool
            pools[loop] = opened = Opened(self._new_pool())
        await anext(opened.life)
        return opened.pool

    def _new_pool(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_IDLE_CONNECTIONS)
        inner = httpx.AsyncHTTPTransport(limits=limits, verify=self._verify)
        base = httpx.URL(self._endpoint.base_url)
        return httpx.AsyncClient(
            transport=OneOrigin(inner, base, self._endpoint.credentials),
            timeout=self._endpoint.timeout,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            # What is compressed to a kilobyte may be a gigabyte: the bound on an answer counts what is read.
            headers={"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "identity"},
        )

    # --- what went wrong ----------------------------------------------------------------------------------

    def _heed(self) -> None:
        """A service that has asked to be left alone for a while is."""
        left = self._quiet_until - self._clock()
        if left > 0:
            raise ToolUnavailable(f"{self._endpoint.name} asks not to be called for {left:.0f} more seconds.")

    def _fault(self, operation: Operation, error: httpx.HTTPError) -> ToolError:
        name = self._endpoint.name
        log.warning("%s: %s (%s)", name, type(error).__name__, self._secrets.hidden(str(error))[:200])
        if isinstance(error, _NOT_SENT):
            return ToolUnavailable(f"{name} cannot be reached just now.")
        if isinstance(error, Elsewhere | httpx.TooManyRedirects | httpx.UnsupportedProtocol):
            words = f"{name} sends its callers elsewhere; nobody is asked there."
            return ToolError(words) if operation.repeatable else OutcomeUnknown(words)
        if isinstance(error, httpx.DecodingError):
            return ToolError(f"{name} answered with something that cannot be read.")
        return self._accident(operation, "broke off without an answer")

    def _accident(self, operation: Operation, words: str) -> ToolError:
        if operation.repeatable:
            return ToolUnavailable(f"{self._endpoint.name} {words}.")
        return OutcomeUnknown(f"{self._endpoint.name} {words}: it may or may not have taken effect.")


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that `Retry-After` (RFC 9110, section 10.2.3) asks for, as a number or as a date."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
