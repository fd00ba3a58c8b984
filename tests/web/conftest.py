from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Browser

from jackfield.web.access import Access
from jackfield.web.app import application
from jackfield.web.serving import listening, serving

from .chromium import installed
from .pages import browser
from .switchroom import Exchange


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@asynccontextmanager
async def face(exchange: Exchange, access: Access | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP face on a real socket, and a client of it."""
    sock = listening("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with (
        serving(application(exchange, access=access or Access()), sock),
        httpx.AsyncClient(base_url=url, timeout=10) as client,
    ):
        yield client


@pytest.fixture
async def client(exchange: Exchange) -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP face without a socket: for answers that are not streams."""
    transport = httpx.ASGITransport(application(exchange, access=Access()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


@pytest.fixture
async def wired(exchange: Exchange) -> AsyncIterator[httpx.AsyncClient]:
    async with face(exchange) as client:
        yield client


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return installed()


@pytest.fixture(scope="module")
async def started(chromium_path: str) -> AsyncIterator[Browser]:
    async with browser(chromium_path) as started:
        yield started


@pytest.fixture
async def chromium(started: Browser) -> AsyncIterator[Browser]:
    """The module's browser; what a test opened in it is closed."""
    yield started
    for context in started.contexts:
        await context.close()
