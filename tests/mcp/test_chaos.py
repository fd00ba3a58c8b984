"""Servers on their worst days: what each call is told is true, the others go on, and nothing stays behind."""

import asyncio
import gc
import os
import signal
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jackfield.calls import Outcome, OutcomeKind
from jackfield.config.servers import McpServerConfig
from jackfield.mcp import ServerState
from tests.mcp.board import SERVERS, Board, board, children, gone, http_server, stdio
from tests.mcp.cable import cable
from tests.mcp.desk import Desk, desk

LAB = str(SERVERS / "lab.py")
HEALTHY = 50


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    """File descriptors, threads and processes are as many as before."""
    before = _holdings()
    yield
    gc.collect()
    pids, threads, descriptors = _holdings()
    assert pids == before[0]
    assert threads <= before[1], threading.enumerate()
    assert descriptors <= before[2]


def _holdings() -> tuple[set[int], int, int]:
    return children("servers/"), threading.active_count(), len(os.listdir("/proc/self/fd"))


def noted(marks: Path) -> set[int]:
    return {int(line) for line in marks.read_text().splitlines()} if marks.exists() else set()


def is_true(number: int, outcome: Outcome, marks: set[int]) -> bool:
    """Whether what the model is told of a `note` agrees with what happened."""
    match outcome.kind:
        case OutcomeKind.VALUE:
            return outcome.value == str(number) and number in marks
        case OutcomeKind.UNKNOWN:
            return True
        case _:
            return number not in marks


async def many(line: Desk, marks: Path, *tool: str) -> dict[int, Outcome]:
    numbers = range(HEALTHY)
    calls = (line.call(tool[0], marks=str(marks), number=number) for number in numbers)
    return dict(zip(numbers, await asyncio.gather(*calls), strict=True))


async def test_fifty_writes_in_flight_when_their_server_is_killed_are_told_the_truth(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    async with board({"lab": stdio("lab.py"), "well": stdio("lab.py")}) as line, desk(line) as table:
        await line.ready("lab", "well")
        pid = int(str(await line.call("lab.pid")))
        writing = asyncio.create_task(many(table, marks, "lab.note"))
        elsewhere = asyncio.create_task(many(table, tmp_path / "well", "well.note"))
        last, _ = await line.begun("lab.note", marks=str(marks), number=HEALTHY)
        os.kill(pid, signal.SIGKILL)
        told, well = await writing, await elsewhere
        await asyncio.gather(last, return_exceptions=True)
        assert {outcome.kind for outcome in well.values()} == {OutcomeKind.VALUE}
        assert line.status("well").connections == 1
        assert all(is_true(number, outcome, noted(marks)) for number, outcome in told.items())
        assert len(marks.read_text().splitlines()) == len(noted(marks)), "something was run twice"
        await line.back("lab", 2)


async def test_a_stopped_server_keeps_a_call_no_longer_than_its_time_and_no_other_call_at_all(
    tmp_path: Path,
) -> None:
    servers = {"lab": stdio("lab.py", heartbeat="never"), "well": stdio("lab.py")}
    async with board(servers) as line, desk(line) as table:
        await line.ready("lab", "well")
        pid = int(str(await line.call("lab.pid")))
        os.kill(pid, signal.SIGSTOP)
        stuck = asyncio.create_task(table.call("lab.note", 1.5, marks=str(tmp_path / "marks"), number=1))
        told = await many(table, tmp_path / "well", "well.note")
        assert {outcome.kind for outcome in told.values()} == {OutcomeKind.VALUE}
        outcome = await stuck
        assert outcome.kind is OutcomeKind.UNKNOWN
        assert "may or may not" in outcome.message
    assert gone(pid), "stopped, and yet ended"


async def test_what_is_no_message_on_stdout_is_passed_over() -> None:
    async with board({"lab": stdio("lab.py")}) as line, desk(line) as table:
        await line.ready("lab")
        for _ in range(3):
            assert (await table.call("lab.babble")).value == "babbled"
        assert (await table.call("lab.echo", text="still there")).value == "still there"
        assert line.status("lab").connections == 1


async def test_a_server_that_changes_its_tools_all_the_time_is_followed_and_answers() -> None:
    async with board({"lab": stdio("lab.py")}) as line, desk(line) as table:
        await line.ready("lab")
        fidgeting = asyncio.create_task(table.call("lab.fidget", times=40))
        outcomes = await asyncio.gather(*(table.call("lab.echo", text=str(n)) for n in range(HEALTHY)))
        assert [outcome.value for outcome in outcomes] == [str(n) for n in range(HEALTHY)]
        assert (await fidgeting).value == "done"
        await line.until(lambda: "lab.new_39" in line.names("lab"))
        assert [name for name in line.names("lab") if "new" in name] == ["lab.new_39"]
        assert line.status("lab").connections == 1


@asynccontextmanager
async def bad_server(reply: bytes, pause: float) -> AsyncIterator[str]:
    """An HTTP server that answers everything with this, a byte at a time if there is a pause."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
            for start in range(0, len(reply), 1 if pause else len(reply)):
                writer.write(reply[start : start + 1] if pause else reply)
                await writer.drain()
                await asyncio.sleep(pause)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/mcp"
    finally:
        listening.close()


async def test_servers_that_never_get_ready_are_named_and_hold_nobody_up() -> None:
    broken = b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\noops"
    async with bad_server(broken, 0) as failing, bad_server(b"HTTP/1.1 200 OK\r\n" * 999, 0.5) as loris:
        servers = {
            "failing": McpServerConfig.model_validate({"url": failing, "transport": "http"}),
            "loris": McpServerConfig.model_validate(
                {"url": loris, "transport": "http", "start_timeout": "1s"}
            ),
            "refused": McpServerConfig.model_validate({"url": "http://127.0.0.1:9/", "transport": "http"}),
            "well": stdio("lab.py"),
        }
        async with board(servers) as line, desk(line) as table:
            await line.ready("well")
            assert (await table.call("well.echo", text="hello")).value == "hello"
            await line.until(lambda: all(line.status(name).error for name in ("failing", "loris", "refused")))
            assert "HTTP 500 Internal Server Error" in line.status("failing").error
            assert "within 1 second" in line.status("loris").error
            assert "ConnectError" in line.status("refused").error
            assert line.status("well").connections == 1


async def test_http_requests_that_fail_in_every_way_harm_no_other(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    async with http_server(LAB, "--http", "0") as (_, far), cable(far) as (wire, url):
        server = McpServerConfig.model_validate({"url": url, "transport": "http", "heartbeat": "never"})
        async with board({"lab": server}) as line, desk(line) as table:
            await line.ready("lab")
            wire.answer_once_at(b"fails", "500 Internal Server Error")
            wire.answer_once_at(b"busy", "503 Service Unavailable")
            wire.dribble_at(b"dribbled")
            failed, busy, slow, others = await asyncio.gather(
                table.call("lab.change", marks=str(tmp_path / "fails")),
                table.call("lab.change", marks=str(tmp_path / "busy")),
                table.call("lab.look", 2.0, marks=str(tmp_path / "dribbled")),
                many(table, marks, "lab.note"),
            )
            assert failed.kind is OutcomeKind.UNKNOWN, failed
            assert busy.kind is OutcomeKind.ERROR, busy
            assert "503" in busy.message
            assert slow.kind is not OutcomeKind.VALUE
            assert {outcome.kind for outcome in others.values()} == {OutcomeKind.VALUE}
            assert line.status("lab").connections == 1


async def test_results_of_eight_mebibytes_are_cut_or_refused_and_leave_no_memory_behind() -> None:
    async with http_server(LAB, "--http", "0") as (_, url):
        remote = McpServerConfig.model_validate({"url": url, "transport": "http"})
        async with board({"lab": stdio("lab.py"), "far": remote}) as line, desk(line) as table:
            await line.ready("lab", "far")
            tracemalloc.start()
            try:
                await big_ones(line, table)
                held = _held()
                for _ in range(3):
                    await big_ones(line, table)
                assert _held() - held < 4 * 2**20
            finally:
                tracemalloc.stop()
            assert line.status("lab").connections == line.status("far").connections == 1


async def big_ones(line: Board, table: Desk) -> None:
    big, echo, far = await asyncio.gather(
        table.call("lab.big", 30, mebibytes=8),
        table.call("lab.echo", 30, text="between"),
        table.call("far.big", 30, mebibytes=8),
    )
    assert (big.kind, echo.value) == (OutcomeKind.VALUE, "between")
    assert far.kind in (OutcomeKind.VALUE, OutcomeKind.ERROR)
    assert line.status("far").state is ServerState.READY


def _held() -> int:
    """Bytes of memory in use. What the process has of the system goes up and down with fragmentation."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
