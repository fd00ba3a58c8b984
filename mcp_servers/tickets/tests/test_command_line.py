"""The server as it is run: a process, over stdio and over HTTP."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters, types

PATIENCE = 40
RUN = ["-m", "jackfield_tickets"]


async def ask(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments, read_timeout_seconds=PATIENCE)
    assert isinstance(result.content[0], types.TextContent)
    return result.content[0].text


async def over_stdio(use: Callable[[Client], Awaitable[None]], *words: str, **env: str) -> None:
    async with Client(StdioServerParameters(command=sys.executable, args=[*RUN, *words], env=env)) as client:
        await use(client)


async def test_over_stdio_it_answers_and_what_is_written_to_its_database_stays(tmp_path: Path) -> None:
    async def write(client: Client) -> None:
        assert "waiting for a new screen" in await ask(client, "find_ticket", number=1042)
        await ask(client, "add_note", number=1042, note="Call after five.")

    async def read(client: Client) -> None:
        assert "Call after five." in await ask(client, "find_ticket", number=1042)

    async def supplier(client: Client) -> None:
        assert "Northgate Components has" in await ask(client, "ask_supplier", part="iPhone 13 screen")

    path = str(tmp_path / "shop.db")
    await over_stdio(write, "--database", path)
    await over_stdio(read, TICKETS_DATABASE=path)
    await over_stdio(supplier, TICKETS_SUPPLIER_SECONDS="0")


async def test_over_http_it_prints_its_address_and_serves_several_clients() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *RUN, "--http", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            url = (await process.stdout.readline()).decode().strip()
            assert url.startswith("http://127.0.0.1:")
            async with Client(url) as one:
                await ask(one, "close_ticket", number=1042)
            async with Client(url) as other:
                assert "is closed" in await ask(other, "find_ticket", number=1042)
            process.terminate()
            assert await process.wait() in (0, -15)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def failure(*words: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *RUN, *words, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(PATIENCE):
        _, words_said = await process.communicate()
    return process.returncode, words_said.decode()


@pytest.mark.parametrize("case", ["database", "port", "seconds"])
async def test_a_bad_option_is_named_with_what_to_do_and_no_traceback(case: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words, hint = {
            "database": (["--database", str(tmp_path / "no" / "shop.db")], "--database"),
            "port": (["--http", "--port", port], "--port"),
            "seconds": (["--supplier-seconds", "soon"], "--supplier-seconds"),
        }[case]
        code, said = await failure(*words)
    assert code
    assert hint in said
    assert "Traceback" not in said
