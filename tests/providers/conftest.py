import asyncio
from collections.abc import AsyncIterator

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from .strict_service import StrictService

KEY = "sk-planted-4f1d6e0b9a"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def offer() -> str:
    """What a real caller offers: audio both ways, and a data channel."""

    async def make() -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTransceiver("audio")
        peer.createDataChannel("oai-events")
        await peer.setLocalDescription(await peer.createOffer())
        sdp = peer.localDescription.sdp
        await peer.close()
        return sdp

    return asyncio.run(make())


@pytest.fixture
async def openai() -> AsyncIterator[StrictService]:
    async with StrictService({KEY}).serving() as service:
        yield service


@pytest.fixture
async def azure() -> AsyncIterator[StrictService]:
    async with StrictService({KEY}, azure=True, model="Voice-Desk").serving() as service:
        yield service


@pytest.fixture(params=["openai", "azure"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[StrictService]:
    is_azure = request.param == "azure"
    async with StrictService({KEY}, azure=is_azure).serving() as service:
        yield service
