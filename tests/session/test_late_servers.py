"""Sessions and MCP servers that are not there yet, or not any more: nobody waits, and late tools are used."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.errors import McpError
from jackfield.mcp import ServerState
from jackfield.notices import Notice
from jackfield.runtime import Runtime
from jackfield.session import Session
from tests.session.exchange import Exchange, House

PATIENCE = 30.0
SERVERS = Path(__file__).parent.parent / "mcp" / "servers"
AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test, base_url: "URL"}}
mcp_servers:
  one: {command: ["PYTHON", "SERVERS/old.py"]}
  two: {command: ["PYTHON", "SERVERS/old.py"]}
  three: {command: ["PYTHON", "SERVERS/old.py"]}
  four: {command: ["PYTHON", "SERVERS/old.py"], include: [learn]}
  late: {command: ["PYTHON", "SERVERS/late.py", "GATE"], start_timeout: 5m, include: [learn]}
agents:
  receptionist: {tools: [four.*, late.*]}
"""


class Line:
    """A session at a runtime with the five servers."""

    def __init__(self, runtime: Runtime, session: Session, exchange: Exchange, gate: Path) -> None:
        self.runtime = runtime
        self.session = session
        self.exchange = exchange
        self._gate = gate

    async def notice(self, **wanted: object) -> Notice:
        """The first one with all of these fields, soon or already."""
        async with asyncio.timeout(PATIENCE):
            async for notice in self.session.timeline():
                if wanted.items() <= notice.as_dict().items():
                    return notice
        raise AssertionError(f"the session ended without {wanted}")

    def tools(self) -> list[str]:
        """Those that the model was given last."""
        updates = [each["session"] for each in self.exchange.said if each["type"] == "session.update"]
        return [tool["name"] for tool in updates[-1]["tools"]] if updates else []

    def outputs(self) -> dict[str, str]:
        items = (each["item"] for each in self.exchange.said if each["type"] == "conversation.item.create")
        return {item["call_id"]: item["output"] for item in items if item["type"] == "function_call_output"}

    async def calls(self, name: str) -> str:
        self.exchange.begin()
        self.exchange.call("call_1", name)
        self.exchange.end()
        await self.exchange.flush()
        await self.exchange.hears(lambda _: "call_1" in self.outputs())
        return self.outputs()["call_1"]

    async def let_it_start(self) -> None:
        await asyncio.to_thread(self._gate.write_bytes, b"go")

    def state(self, server: str) -> ServerState:
        return next(each.state for each in self.runtime.mcp_servers() if each.name == server)


def written(folder: Path, url: str, **replaced: str) -> Path:
    gate = folder / "gate"
    os.mkfifo(gate)
    text = AGENTS
    words = {"URL": url, "PYTHON": sys.executable, "SERVERS": str(SERVERS), "GATE": str(gate)}
    for word, value in {**replaced, **words}.items():
        text = text.replace(word, value)
    (folder / "agents.yaml").write_text(text)
    return folder / "agents.yaml"


@asynccontextmanager
async def a_line(folder: Path) -> AsyncIterator[Line]:
    house = House()
    async with house.serving() as url, Runtime(load(written(folder, url))) as runtime:
        session, _ = await runtime.open_session("receptionist", "v=0\r\n")
        yield Line(runtime, session, house.exchanges["rtc_1"], folder / "gate")


async def test_a_session_waits_for_no_server_and_uses_the_tools_of_one_that_comes_late(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path) as line:
        await line.notice(type="sideband_connected")
        assert line.state("late") is not ServerState.READY
        await line.let_it_start()
        await line.notice(type="mcp_server_changed", server="late", state="ready")
        await line.exchange.hears(lambda _: "late__learn" in line.tools())
        assert await line.calls("late__learn") == "learned"
        told = [notice.as_dict() for notice in line.session.noticed if notice.type == "mcp_server_changed"]
        assert {notice["server"] for notice in told} <= {"four", "late"}, "the agent has no tools of others"


async def test_servers_that_are_declared_otherwise_change_the_tools_of_a_live_session(tmp_path: Path) -> None:
    async with a_line(tmp_path) as line:
        await line.let_it_start()
        await line.exchange.hears(lambda _: "late__learn" in line.tools())
        late = line.runtime.config.mcp_servers["late"]
        changed = late.model_copy(update={"include": ["learn", "odd"], "prefix": "my_"})
        line.runtime.hub.change({"late": changed})
        await line.let_it_start()
        await line.exchange.hears(lambda _: line.tools() == ["late__my_learn", "late__my_odd"])


async def test_a_required_server_that_does_not_start_keeps_everything_from_starting(tmp_path: Path) -> None:
    house = House()
    async with house.serving() as url:
        path = written(tmp_path, url)
        text = path.read_text().replace("include: [learn]}", "required: true}", 1)
        path.write_text(text.replace("four: {command: [", "four: {command: [no-such-command, ", 1))
        with pytest.raises(McpError, match=r'"four" is required and not ready: there is no command'):
            async with Runtime(load(path)):
                raise AssertionError("it started")
