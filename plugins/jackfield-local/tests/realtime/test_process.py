"""The server as a process, with its real models."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import connect

PIPE = asyncio.subprocess.PIPE


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`jackfield-local serve` on a free port, and its address."""
    async with asyncio.timeout(60):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jackfield_local", "serve", "--port", "0", *arguments),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            assert process.stdout is not None
            yield process, json.loads(await process.stdout.readline())["url"]
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, None])
async def test_it_ends_cleanly_with_its_media_processes(ending: signal.Signals | None) -> None:
    async with running(*(["--parent-pipe"] if ending is None else [])) as (process, url):
        socket_url = url.replace("http", "ws") + "/realtime?model=m"
        async with connect(socket_url) as session:
            await session.recv()
            if ending is None:
                assert process.stdin is not None
                process.stdin.close()
            else:
                process.send_signal(ending)
            await session.wait_closed()
            assert session.close_code == 1001
        assert process.stdout is not None
        # The media processes inherit the pipe: its end says that all of them are gone.
        assert await process.stdout.read() == b""
        assert await process.wait() == 0


async def test_its_key_is_demanded_and_never_printed() -> None:
    async with running("--key", "sesame", "--log-level", "debug") as (process, url):
        async with httpx.AsyncClient(trust_env=False) as client:
            place = f"{url}/realtime/client_secrets"
            assert (await client.post(place)).status_code == 401
            assert (await client.post(f"{place}?api-key=sesame")).status_code == 200
        async with connect(url.replace("http", "ws") + "/realtime?model=m&api-key=sesame") as session:
            await session.recv()
        process.terminate()
        printed = b"".join(await process.communicate())
    assert b"sesame" not in printed and b"ek_" not in printed


async def refused(*arguments: str) -> str:
    """What it says when it does not start."""
    async with asyncio.timeout(30):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jackfield_local", "serve", *arguments), stdout=PIPE, stderr=PIPE
        )
        out, err = await process.communicate()
    assert process.returncode == 2
    assert out == b"" and err.count(b"\n") == 1, err
    return err.decode()


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert await refused("--port", str(port)) == (
            f"jackfield-local: cannot listen on 127.0.0.1:{port} (address already in use); "
            "choose another --port\n"
        )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--host", "0.0.0.0"), "give --key"),
        (("--mind", "banana"), "--mind banana"),
        (("--mind", "script:gone.yaml", "--port", "0"), "gone.yaml"),
        (("--mind", "chat", "--port", "0"), "chat mind"),
    ],
)
async def test_what_cannot_be_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in await refused(*arguments)


async def test_under_a_parent_ctrl_c_is_the_parents_to_judge() -> None:
    async with running("--parent-pipe") as (process, url), httpx.AsyncClient(trust_env=False) as client:
        process.send_signal(signal.SIGINT)
        assert (await client.post(f"{url}/realtime/client_secrets")).status_code == 200
