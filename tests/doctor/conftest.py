"""Services that a doctor may meet: a strict one of each kind, and those with which something is wrong."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.providers.strict_service import StrictService

from .certificate import self_signed

KEY = "sk-planted-4f1d6e0b9a"

Desk = Callable[..., AbstractAsyncContextManager[int]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def azure() -> AsyncIterator[StrictService]:
    async with StrictService({KEY}, azure=True, model="Voice-Desk").serving() as service:
        yield service


@pytest.fixture
async def openai() -> AsyncIterator[StrictService]:
    async with StrictService({KEY}).serving() as service:
        yield service


@asynccontextmanager
async def desk(
    status: int = 200, error: object = None, *, silent: bool = False, certificate: Path | None = None
) -> AsyncIterator[int]:
    """A port that gives one answer to everything, or none."""
    body = json.dumps({"error": error}).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.read(4096)
        if asked and not silent:
            writer.write(head + body)
            await writer.drain()
        elif asked:
            await reader.read()
        writer.close()

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody trusts, with its key."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(self_signed("127.0.0.1"))
    return file
