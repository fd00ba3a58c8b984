"""A wire between a page and the media process that can be cut: datagrams pass through here, both ways."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Route

CANDIDATE = re.compile(
    r"^(a=candidate:\S+ 1 udp \d+) (\S+) (\d+) (typ host.*)$", re.IGNORECASE | re.MULTILINE
)

Address = tuple[str, int]


class End(asyncio.DatagramProtocol):
    """One of the two. `whom` is who is behind it: told by SDP, or by who has sent something."""

    def __init__(self, whom: Address | None = None) -> None:
        self.whom = whom
        self.other: End | None = None
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, sender: Address) -> None:
        self.whom = sender
        if self.other is not None:
            self.other.send(data)

    def send(self, data: bytes) -> None:
        if self.transport is not None and self.whom is not None:
            self.transport.sendto(data, self.whom)

    @property
    def address(self) -> Address:
        assert self.transport is not None
        return self.transport.get_extra_info("sockname")


class Relay:
    """Whoever is named in the SDP of one side is reached through it alone."""

    def __init__(self, page: End, media: End) -> None:
        self._page = page
        self._media = media
        page.other, media.other = media, page

    async def dial(self, route: Route) -> None:
        """The page's offer, and the answer to it, with the relay in between."""
        offer = route.request.post_data or ""
        response = await route.fetch(post_data=_through(offer, self._media.address))
        answer = await response.text()
        found = CANDIDATE.search(answer)
        assert found is not None, answer
        self._media.whom = (found[2], int(found[3]))
        await route.fulfill(response=response, body=_through(answer, self._page.address))

    def cut(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._page.other = self._media.other = None


@asynccontextmanager
async def relayed() -> AsyncIterator[Relay]:
    loop = asyncio.get_running_loop()
    ends = [End(), End()]
    for end in ends:
        await loop.create_datagram_endpoint(lambda end=end: end, local_addr=("127.0.0.1", 0))  # type: ignore[misc]
    try:
        yield Relay(*ends)
    finally:
        for end in ends:
            assert end.transport is not None
            end.transport.close()


def _through(sdp: str, address: Address) -> str:
    """With this address as the only candidate."""
    found = CANDIDATE.search(sdp)
    assert found is not None, sdp
    host, port = address
    candidate = f"{found[1]} {host} {port} {found[4]}"
    lines = [line for line in sdp.splitlines() if not line.startswith("a=candidate:")]
    media = next(number for number, line in enumerate(lines) if line.startswith("a=ice-ufrag:"))
    return "\r\n".join([*lines[:media], candidate.strip(), *lines[media:]]) + "\r\n"
