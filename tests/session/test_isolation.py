"""Tools that block, crash or hang, over real sockets: the others are answered, and so are they."""

import asyncio
import threading
from pathlib import Path

from jackfield.notices import ToolBlocked, ToolIsolated
from tests.session.exchange import a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
"""


async def quick() -> str:
    """Answers at once."""
    await asyncio.sleep(0)
    return "quick as a flash"


async def test_a_tool_that_blocks_its_loop_is_named_and_the_one_behind_it_answered(tmp_path: Path) -> None:
    release = threading.Event()

    async def blocks() -> str:
        """An async function that forgets to await."""
        release.wait(10)
        return "done at last"

    async with a_line(tmp_path, AGENTS, quick, blocks) as line:
        await line.calls("test__blocks", "test__quick")
        await line.until(lambda line: line.outputs() == {"call_1": "quick as a flash"})
        (told,) = [notice for notice in line.notices if isinstance(notice, ToolBlocked)]
        assert (told.tool, told.source) == ("test.blocks", "test")
        assert told.where.startswith("test_isolation.py:") and " in blocks" in told.where
        assert told.at > 0
        release.set()
        await line.until(lambda line: line.outputs().get("call_0") == "done at last")


async def test_a_tool_that_keeps_blocking_is_isolated_and_the_session_told(tmp_path: Path) -> None:
    release = threading.Event()

    async def blocks(number: int = 0) -> str:
        """An async function that forgets to await."""
        release.wait(10)
        return "done at last"

    agents = AGENTS.replace("[test.*]", "[test.*]\n    calls: {duplicates: allow}")
    async with a_line(tmp_path, agents, quick, blocks) as line:
        await line.calls(*["test__blocks"] * 4)
        await line.until(lambda line: "tool_isolated" in line.kinds())
        assert line.kinds().count("tool_blocked") == 3
        (told,) = [notice for notice in line.notices if isinstance(notice, ToolIsolated)]
        assert (told.tool, told.source) == ("test.blocks", "test")
        release.set()
        await line.until(lambda line: len(line.outputs()) == 4)
        assert set(line.outputs().values()) == {"done at last"}
