from collections.abc import AsyncIterator

import httpx
import pytest

from .server import Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """One that demands a key, and has no lines."""
    async with serving() as server:
        yield server


@pytest.fixture
async def web(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A plain client that has the key."""
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.url(""), headers=headers, trust_env=False) as client:
        yield client
