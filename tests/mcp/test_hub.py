"""The hub with real servers in real processes."""

import asyncio
import os

import pytest

from jackfield.config.servers import McpServerConfig
from jackfield.mcp import Hub, ServerState
from jackfield.mcp.backoff import Backoff
from jackfield.mcp.checking import REMARK
from jackfield.tools.tool import HUB
from tests.mcp.board import QUICK, Board, board, stdio

TIME = McpServerConfig(command=["mcp-server-time", "--local-timezone", "UTC"])


async def test_a_server_from_the_registry_is_listed_and_called() -> None:
    async with board({"time": TIME}) as line:
        await line.ready("time")
        tool = line.tool("time.get_current_time")
        assert (tool.runs_on, tool.source, tool.read_only) == (HUB, "time", True)
        assert tool.parameters["type"] == "object"
        answer = await line.call("time.get_current_time", timezone="America/Lima")
        assert "America/Lima" in str(answer)


async def test_all_pages_of_tools_are_read_and_globs_choose_among_them() -> None:
    async with board({"all": stdio("shelf.py"), "some": stdio("shelf.py", include=["drawer_1*"])}) as line:
        await line.ready("all", "some")
        assert line.names("all") == [f"all.drawer_{number}" for number in range(12)]
        assert line.names("some") == ["some.drawer_1", "some.drawer_10", "some.drawer_11"]
        assert line.status("some").aside == 9
        assert await line.call("all.drawer_11") == "drawer_11 is empty"


async def test_a_fixed_argument_and_a_prefix_are_what_agents_yaml_says() -> None:
    entry = {"echo": {"fixed": {"text": "always this"}, "idempotent": True, "read_only": False}}
    async with board({"lab": stdio("lab.py", prefix="my_", include=["echo"], tools=entry)}) as line:
        await line.ready("lab")
        assert line.names("lab") == ["lab.my_echo"]
        tool = line.tool("lab.my_echo")
        assert (tool.read_only, tool.idempotent) == (False, True)
        assert "text" not in str(tool.parameters)
        assert await line.call("lab.my_echo", text="another") == "always this"


async def test_a_dead_server_never_disturbs_the_others() -> None:
    quits = ["python", "-c", "import sys; sys.exit('there is no database')"]
    hangs = ["python", "-c", "import sys; sys.stdin.read()"]
    servers = {
        "missing": McpServerConfig(command=["no-such-command"]),
        "quits": McpServerConfig(command=quits),
        "hangs": McpServerConfig.model_validate({"command": hangs, "start_timeout": "1s"}),
        "nowhere": McpServerConfig(command=["/no/such/file"]),
        "unplugged": McpServerConfig.model_validate(
            {"url": "http://127.0.0.1:9/mcp?key=hunter22", "transport": "http"}
        ),
        "lab": stdio("lab.py"),
    }
    async with board(servers, Backoff()) as line:
        await line.ready("lab")
        await line.until(lambda: all(line.status(name).error for name in servers if name != "lab"))
        assert await line.call("lab.echo", text="hello") == "hello"
        assert "mcp_servers.missing.command" in line.status("missing").error
        assert line.status("missing").state is not ServerState.READY
        assert "there is no database" in line.status("quits").error
        assert "within 1 second" in line.status("hangs").error
        assert "/no/such/file" in line.status("nowhere").error
        assert "http://127.0.0.1:9/mcp: ConnectError" in line.status("unplugged").error
        assert "hunter22" not in line.status("unplugged").error
        assert line.status("lab").connections == 1


async def test_fifty_calls_share_one_connection_and_run_at_once() -> None:
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        answers = await asyncio.gather(*(line.call("lab.meet", people=50) for _ in range(50)))
        assert answers == ["met"] * 50
        assert line.status("lab").connections == 1


async def test_progress_is_told_and_a_cancelled_call_is_cancelled_at_the_server() -> None:
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        call, progress = await line.begun("lab.wait")
        assert progress == "1 of 3"
        call.cancel()
        assert await line.call("lab.interruption") == "interrupted"
        assert line.status("lab").connections == 1


async def test_a_modern_server_that_gets_a_tool_is_listed_again() -> None:
    async with board({"lab": stdio("lab.py")}) as line:
        await line.ready("lab")
        assert line.status("lab").protocol >= "2026"
        assert line.status("lab").software == "lab 7"
        before = len(line.names("lab"))
        await line.call("lab.grow")
        await line.until(lambda: "lab.grown" in line.names("lab"))
        assert len(line.names("lab")) == before + 1
        assert await line.call("lab.grown") == "new"


async def test_a_handshake_era_server_that_gets_a_tool_is_listed_again() -> None:
    async with board({"old": stdio("old.py")}) as line:
        await line.ready("old")
        assert line.status("old").protocol == "2025-06-18"
        assert line.names("old") == ["old.learn", "old.lie", "old.fib", "old.odd"]
        aside = line.hub.sources()[0].aside()
        assert "task" in aside["old.wait"]
        assert line.tool("old.odd").parameters["required"] == ["a"]
        assert await line.call("old.learn") == "learned"
        await line.until(lambda: "old.learned" in line.names("old"))


async def test_an_answer_that_breaks_the_tools_own_schema_is_given_with_a_remark() -> None:
    async with board({"old": stdio("old.py")}) as line:
        await line.ready("old")
        for tool in ("old.lie", "old.fib"):
            assert await line.call(tool) == f'{{"price": 3}}\n{REMARK}'
        assert line.status("old").connections == 1


async def test_closing_the_hub_leaves_no_process_and_can_be_repeated() -> None:
    async with board({"lab": stdio("lab.py"), "time": TIME}) as line:
        await line.ready("lab", "time")
        pid = int(str(await line.call("lab.pid")))
        await line.hub.aclose()
        await line.hub.aclose()
        with pytest.raises(ProcessLookupError):  # not even a zombie
            os.kill(pid, 0)
        assert {status.state for status in line.hub.status()} == {ServerState.STOPPED}


async def test_a_hub_that_was_never_started_is_closed_without_ado() -> None:
    hub = Hub({"lab": stdio("lab.py")}, changed=lambda name: None)
    assert [status.state for status in hub.status()] == [ServerState.STOPPED]
    assert [len(source.tools()) for source in hub.sources()] == [0]
    await hub.aclose()


async def test_a_hub_without_servers_is_no_trouble() -> None:
    async with board({}) as line:
        assert line.hub.sources() == []


async def test_a_callback_that_fails_harms_no_server() -> None:
    class Clumsy(Board):
        def _changed(self, name: str) -> None:
            super()._changed(name)
            raise ValueError("the catalogue fell over")

    line = Clumsy({"lab": stdio("lab.py")}, QUICK)
    line.hub.start()
    try:
        await line.ready("lab")
        assert await line.call("lab.echo", text="still here") == "still here"
    finally:
        await line.hub.aclose()
