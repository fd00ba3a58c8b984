"""Servers that die, in the middle of a call and between calls."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from jackfield.errors import OutcomeUnknown, ToolError
from jackfield.mcp import ServerState
from jackfield.mcp.backoff import Backoff
from tests.mcp.board import PATIENCE, SERVERS, board, gone, stdio


def pid_in(progress: str) -> int:
    return int(progress.removeprefix("running in "))


async def test_a_killed_server_is_back_by_itself_and_calls_wait_for_it() -> None:
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        first = int(str(await line.call("lab.pid")))
        os.kill(first, signal.SIGKILL)
        await line.until(lambda: line.status("lab").state is not ServerState.READY)
        assert line.names("lab"), "the model still has the tools"
        second = int(str(await line.call("lab.pid")))
        assert second != first
        assert line.status("lab").connections == 2


async def test_a_write_in_flight_when_its_server_dies_has_an_unknown_outcome(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        call, progress = await line.begun("lab.change", marks=str(marks))
        os.kill(pid_in(progress), signal.SIGKILL)
        with pytest.raises(OutcomeUnknown, match="may or may not have taken effect"):
            await call
        await line.back("lab", 2)
        assert len(marks.read_text().splitlines()) == 1, "it was run again"


@pytest.mark.parametrize("tool", ["lab.look", "lab.settle"])
async def test_a_repeatable_tool_in_flight_when_its_server_dies_is_run_once_more(
    tool: str, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        call, progress = await line.begun(tool, marks=str(marks))
        os.kill(pid_in(progress), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            assert await call == "done"
        assert len(set(marks.read_text().splitlines())) == 2


async def test_a_repeatable_tool_that_kills_its_server_is_run_twice_and_no_more(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        with pytest.raises(ToolError, match="not answering right now"):
            await line.call("lab.look_and_crash", marks=str(marks))
        await line.back("lab", 3)
        assert len(marks.read_text().splitlines()) == 2


async def test_a_server_that_crashes_in_a_tool_leaves_its_last_words() -> None:
    config = stdio("lab.py", env={"LAB_PASSWORD": "hunter22"})
    async with board({"lab": config}, Backoff(first=PATIENCE, longest=PATIENCE)) as line:
        await line.ready("lab")
        with pytest.raises(OutcomeUnknown):
            await line.call("lab.crash")
        await line.until(lambda: line.status("lab").state is ServerState.WAITING)
        assert "out of solder" in line.status("lab").error
        assert "hunter22" not in line.status("lab").error


async def test_a_call_to_a_server_that_stays_away_is_told_so_in_time(tmp_path: Path) -> None:
    ticket = tmp_path / "may start"
    ticket.touch()
    config = stdio("once.py", args=[str(ticket)])
    async with board({"once": config}, Backoff(first=0.05, longest=0.1, patience=3)) as line:
        await line.ready("once")
        os.kill(int(str(await line.call("once.pid"))), signal.SIGKILL)
        with pytest.raises(ToolError, match="once server is not answering right now"):
            await line.call("once.pid")
        await line.until(lambda: line.status("once").state is ServerState.FAILED)
        with pytest.raises(ToolError, match="once server is not answering right now"):
            await line.call("once.pid")


async def test_the_servers_end_when_we_are_killed() -> None:
    keeper = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SERVERS / "keeper.py"),
        "python",
        str(SERVERS / "lab.py"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert keeper.stdout
    async with asyncio.timeout(PATIENCE):
        pid = int(await keeper.stdout.readline())
    keeper.kill()
    await keeper.wait()
    assert await asyncio.to_thread(gone, pid)
