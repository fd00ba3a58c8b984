"""The control socket of one session (realtime protocol §1.6): dialled, read, written, closed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping

from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from jackfield.errors import SidebandLost
from jackfield.providers.base import Event
from jackfield.providers.event_socket import EventSocket
from jackfield.providers.exchange import encoded
from jackfield.providers.timeouts import Timeouts

MOST_BYTES = 16 * 1024 * 1024
"""Of one event. The services send none near it; a broken one shall not fill the memory."""

IN_GOOD_ORDER = (1000, 1005)
"""Close codes that end a session as planned: normal, and none given. 1001 is not among them: a service
that goes away says it too (§5.3), and the session may still live."""


class _Silent(logging.LoggerAdapter[logging.Logger]):
    """websockets logs the headers of its handshake at DEBUG, and the key is one of them."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's own name
        return level > logging.DEBUG and super().isEnabledFor(level)


LOG = _Silent(logging.getLogger(__name__))


class _Dial(connect):
    """No redirects: websockets would take the `api-key` header along to another host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def dial(
    url: str,
    headers: Mapping[str, str],
    *,
    tls: ssl.SSLContext | None,
    uses_proxy: bool,
    timeouts: Timeouts,
) -> EventSocket:
    """Open the socket. Raises websockets' own exceptions, `OSError` and `TimeoutError`."""
    socket = await _Dial(
        url,
        create_connection=EventSocket,
        additional_headers=headers,
        user_agent_header=None,
        proxy=True if uses_proxy else None,
        compression=None,  # events are small and latency counts
        open_timeout=timeouts.connect,
        close_timeout=timeouts.goodbye,
        ping_interval=timeouts.keepalive,
        ping_timeout=timeouts.keepalive,
        max_size=MOST_BYTES,
        logger=LOG,
        ssl=tls if url.startswith("wss:") else None,
    )
    assert isinstance(socket, EventSocket)
    return socket


class RealtimeSideband:
    """A `Sideband` over an open WebSocket. Whoever opened the socket closes it."""

    def __init__(self, socket: EventSocket, place: str, *, send_timeout: float) -> None:
        self._socket = socket
        self._place = place
        self._send_timeout = send_timeout

    async def send(self, event: Event) -> None:
        try:
            async with asyncio.timeout(self._send_timeout):
                await self._socket.send(encoded(event), text=True)
        except ConnectionClosed as closed:
            raise self._lost(closed) from closed
        except TimeoutError:
            # The service reads no more. Without this the reader would wait on a dead socket.
            self._socket.transport.abort()
            raise SidebandLost(
                f"{self._place} took no event of the sideband for {self._send_timeout:g} s; closed"
            ) from None

    def send_now(self, event: Event) -> bool:
        if self._socket.state is not State.OPEN or self._socket.transport.get_write_buffer_size():
            return False
        # The one way to send without a coroutine; to wait for a buffer is what `send` is for.
        broadcast([self._socket], encoded(event), text=True)
        return True

    async def listen(self, receive: Callable[[str], None]) -> None:
        await self._socket.listen(receive)
        closed = self._socket.protocol.close_exc
        if not ended_well(closed):
            raise self._lost(closed) from closed

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            try:
                message = await self._socket.recv()
            except ConnectionClosed as closed:
                if ended_well(closed):
                    return
                raise self._lost(closed) from closed
            yield message if isinstance(message, str) else message.decode("utf-8", "replace")

    def _lost(self, closed: ConnectionClosed) -> SidebandLost:
        return SidebandLost(f"{self._place} closed the sideband: {last_words(closed)}")


def ended_well(closed: ConnectionClosed) -> bool:
    """Whether the service said goodbye, or answered ours."""
    return closed.rcvd is not None and closed.sent is not None and closed.rcvd.code in IN_GOOD_ORDER


def last_words(closed: ConnectionClosed) -> str:
    """The close code and the reason, or that there was none."""
    frame = closed.rcvd or closed.sent
    if frame is None:
        return "the connection broke (code 1006)"
    by_us = " (by this side)" if closed.rcvd is None else ""
    return f"code {int(frame.code)}{by_us}" + (f", {frame.reason}" if frame.reason else "")
