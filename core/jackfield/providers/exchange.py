"""HTTP with a Realtime service: one request, one reply, bounded in time and in size."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TypedDict, Unpack

import httpx
from pydantic_core import to_json

from jackfield.calls import Json
from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.providers.busy import retry_after
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.refusal import Reply
from jackfield.providers.timeouts import Timeouts

MOST_BYTES = 1024 * 1024
"""More than any SDP answer or session object."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Part = tuple[None, bytes, str]
"""One part of a multipart form, without a file name: content and content type."""


class Body(TypedDict, total=False):
    """What httpx is asked to send."""

    content: bytes
    files: Mapping[str, Part]


def encoded(value: Json) -> bytes:
    """`value` as JSON in UTF-8. Half a surrogate pair, which Python allows in a string and UTF-8 does not,
    becomes a question mark: a service refuses the whole message for it."""
    try:
        return to_json(value)
    except ValueError:
        return _ENCODER.encode(value).encode("utf-8", "replace")


class Exchange:
    """One HTTP client for all sessions. Redirects are not followed: a key is sent to the configured host
    and to no other."""

    def __init__(self, endpoint: Endpoint, place: str, timeouts: Timeouts) -> None:
        # A proxy of the environment must not come between us and a service on this machine.
        self.uses_proxy = not endpoint.is_loopback
        # One context for both legs of the control: httpx and websockets would trust different authorities.
        secure = any(
            url.startswith(("https:", "wss:")) for url in (endpoint.base_url, endpoint.websocket_url)
        )
        self.tls = httpx.create_ssl_context() if secure else None
        self._place = place
        self._total = timeouts.answer
        self._headers = endpoint.headers
        self._client = httpx.AsyncClient(
            verify=self.tls or False,  # False for http alone, where there is nothing to verify
            trust_env=self.uses_proxy,
            timeout=httpx.Timeout(timeouts.answer, connect=timeouts.connect),
        )

    async def post(self, url: str, headers: Mapping[str, str], **body: Unpack[Body]) -> Reply:
        """Raises `ProviderUnreachable` when no whole reply comes, `ProviderRefused` for an absurd one."""
        try:
            async with asyncio.timeout(self._total):
                return await self._post(url, {**self._headers, **headers}, body)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise ProviderUnreachable(
                f"{self._place} did not answer within {self._total:g} s; check the address and the network"
            ) from exc
        except httpx.HTTPError as exc:
            why = str(exc) or type(exc).__name__
            raise ProviderUnreachable(
                f"{self._place} cannot be reached ({why}); check the address and the network"
            ) from exc

    async def _post(self, url: str, headers: Mapping[str, str], body: Body) -> Reply:
        async with self._client.stream("POST", url, headers=headers, **body) as response:
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    raise ProviderRefused(f"{self._place} answered with more than {MOST_BYTES} bytes")
        text = data.decode("utf-8", "replace")
        headers = response.headers
        return Reply(response.status_code, text, headers.get("Location", ""), retry_after(headers))

    async def aclose(self) -> None:
        await self._client.aclose()
