"""Servers over HTTP: real ones, behind real sockets."""

import asyncio
import socket
from pathlib import Path

import pytest

from jackfield.config.servers import McpServerConfig
from jackfield.errors import OutcomeUnknown
from jackfield.mcp import ServerState
from tests.mcp.board import SERVERS, board, http_server
from tests.mcp.cable import cable

LAB = str(SERVERS / "lab.py")


def http(url: str, transport: str = "http") -> McpServerConfig:
    return McpServerConfig.model_validate(
        {"url": url, "transport": transport, "headers": {"Authorization": "Bearer not-for-the-log"}}
    )


async def test_a_server_over_streamable_http_is_listed_and_called() -> None:
    async with http_server(LAB, "--http", "0") as (_, url), board({"lab": http(url)}) as line:
        await line.ready("lab")
        answers = await asyncio.gather(*(line.call("lab.echo", text=str(n), seconds=0.2) for n in range(50)))
        assert answers == [str(n) for n in range(50)]


async def test_a_server_over_sse_is_listed_called_and_found_again() -> None:
    async with (
        http_server(LAB, "--http", "0", "--sse") as (process, url),
        board({"lab": http(url, "sse")}) as line,
    ):
        await line.ready("lab")
        assert await line.call("lab.echo", text="hello") == "hello"
        process.kill()
        await line.until(lambda: line.status("lab").state is not ServerState.READY)
        async with http_server(LAB, "--http", "PORT", "--sse", port=port_of(url)):
            await line.back("lab", 2)
            assert await line.call("lab.echo", text="again") == "again"


async def test_one_failing_request_harms_no_other_call(tmp_path: Path) -> None:
    async with (
        http_server(LAB, "--http", "0") as (_, far),
        cable(far) as (wire, url),
        board({"lab": http(url)}) as line,
    ):
        await line.ready("lab")
        waiting, _ = await line.begun("lab.look", marks=str(tmp_path / "look"))
        slow = asyncio.ensure_future(line.call("lab.echo", text="slow", seconds=1.0))
        wire.cut_once_at(b"doomed")
        with pytest.raises(OutcomeUnknown):
            await line.call("lab.change", marks=str(tmp_path / "doomed"))
        assert await slow == "slow"
        assert await line.call("lab.echo", text="after") == "after"
        assert not waiting.done()
        assert line.status("lab").connections == 1
        waiting.cancel()


async def test_a_reading_tool_whose_request_failed_is_run_once_more() -> None:
    async with (
        http_server(LAB, "--http", "0") as (_, far),
        cable(far) as (wire, url),
        board({"lab": http(url)}) as line,
    ):
        await line.ready("lab")
        wire.cut_once_at(b"doomed")
        assert await line.call("lab.echo", text="doomed") == "doomed"
        assert wire.was_cut
        assert line.status("lab").connections == 1


async def test_an_sse_message_that_is_not_delivered_makes_a_new_connection() -> None:
    async with (
        http_server(LAB, "--http", "0", "--sse") as (_, far),
        cable(far) as (wire, url),
        board({"lab": http(url, "sse")}) as line,
    ):
        await line.ready("lab")
        wire.cut_once_at(b"doomed")
        assert await line.call("lab.echo", text="doomed") == "doomed"
        assert wire.was_cut
        await line.back("lab", 2)


async def test_a_server_that_forgot_our_session_is_given_a_new_one_and_the_call_again() -> None:
    async with http_server(str(SERVERS / "old_http.py")) as (_, url), board({"old": http(url)}) as line:
        await line.ready("old")
        assert line.status("old").protocol == "2025-11-25"
        assert await line.call("old.forget") == "1 open"
        assert await line.call("old.sessions") == "1 open"
        assert line.status("old").connections == 2


async def test_a_server_over_http_that_went_away_is_found_again() -> None:
    async with board({"lab": http(f"http://127.0.0.1:{(port := free_port())}/mcp")}) as line:
        await line.until(lambda: "ConnectError" in line.status("lab").error)
        async with http_server(LAB, "--http", "PORT", port=port) as (process, _):
            await line.ready("lab")
            first = await line.call("lab.pid")
            process.kill()
            await process.wait()
            await line.until(lambda: line.status("lab").state is not ServerState.READY)
        async with http_server(LAB, "--http", "PORT", port=port):
            await line.back("lab", 2)
            assert await line.call("lab.pid") != first


async def test_a_server_that_refuses_us_is_named_with_the_status_and_without_the_key() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        writer.write(
            b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n"
            b"content-type: text/plain\r\ncontent-length: 3\r\n\r\nno\n"
        )
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with listening:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/mcp"
        async with board({"lab": http(url)}) as line:
            await line.until(lambda: bool(line.status("lab").error))
            assert line.status("lab").error == f"{url}: HTTP 401 Unauthorized"


def port_of(url: str) -> int:
    return int(url.split(":")[2].split("/")[0])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
