"""Tools that block, crash or hang, over real sockets: the others are answered, and so are they."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from jackfield.notices import CallFinished, CallStarted, ToolBlocked, ToolIsolated
from jackfield.plugins import Plugins
from tests.dispatch.site import workbench_in
from tests.session.exchange import Line, a_line

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
        before = line.notices[: line.notices.index(told)]
        assert any(isinstance(notice, CallStarted) and notice.call_id == "call_0" for notice in before)
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


# --- in processes ---------------------------------------------------------------------------------------

PROCESSES = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*, workbench.*]
    calls:
      tools:
        workbench.*: {isolation: process, timeout: 20s}
        workbench.suspended_quietly: {timeout: 800ms}
"""


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugins]:
    with workbench_in(tmp_path_factory.mktemp("site")):
        yield Plugins.load({}, allow=["workbench"])


def answers(line: Line) -> Counter[str]:
    items = [event["item"] for event in line.exchange.said if event["type"] == "conversation.item.create"]
    return Counter(item["call_id"] for item in items if item["type"] == "function_call_output")


async def test_a_crash_of_a_worker_is_answered_once_and_the_next_call_is_served(
    tmp_path: Path, plugins: Plugins
) -> None:
    async with a_line(tmp_path, PROCESSES, quick, plugins=plugins) as line:
        await line.calls("workbench__segfault", "test__quick", "workbench__count", "workbench__killed")
        await line.until(lambda line: len(line.outputs()) == 4)
        assert '"error": "unknown"' in line.outputs()["call_0"]
        assert "workbench.segfault crashed in the middle of this." in line.outputs()["call_0"]
        assert line.outputs()["call_1"] == "quick as a flash"
        assert line.outputs()["call_2"] == "1"
        assert set(answers(line).values()) == {1}


async def test_a_tool_in_a_process_ends_with_its_time_out(tmp_path: Path, plugins: Plugins) -> None:
    async with a_line(tmp_path, PROCESSES, quick, plugins=plugins) as line:
        await line.calls("workbench__suspended_quietly", "test__quick")
        await line.until(lambda line: len(line.outputs()) == 2)
        assert '"error": "timeout"' in line.outputs()["call_0"]
        (told,) = [
            each for each in line.notices if isinstance(each, CallFinished) and each.call_id == "call_0"
        ]
        assert told.outcome.value == "timeout"
        assert set(answers(line).values()) == {1}
