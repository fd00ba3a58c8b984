"""Somebody who answers a call with plain aiortc, as a service that is not ours would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from jackfield.media import HeadlessPeer


class Service:
    """Echoes the caller's sound, and answers each message with itself in capitals."""

    def __init__(self) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel: asyncio.Future[RTCDataChannel] = asyncio.get_running_loop().create_future()
        self.pc.on("track", self._echo)
        self.pc.on("datachannel", self._converse)

    async def answer(self, offer: str) -> str:
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        await self.pc.setLocalDescription()
        return self.pc.localDescription.sdp

    def _echo(self, track: MediaStreamTrack) -> None:
        self.pc.addTrack(track)

    def _converse(self, channel: RTCDataChannel) -> None:
        channel.on("message", lambda text: channel.send(text.upper()))
        self.channel.set_result(channel)


@asynccontextmanager
async def calling() -> AsyncIterator[tuple[HeadlessPeer, Service]]:
    """A headless peer that is connected with a service."""
    service = Service()
    try:
        async with HeadlessPeer.start() as peer:
            await peer.accept(await service.answer(await peer.offer()))
            await peer.connected()
            await peer.opened()
            yield peer, service
    finally:
        await service.pc.close()
