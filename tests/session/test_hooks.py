"""Plugins around the function calls of a session, over real sockets."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jackfield.calls import CallPolicy
from jackfield.notices import CallStarted
from jackfield.plugins import Plugins
from tests.installing import on_the_path
from tests.session.exchange import Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents: {receptionist: {tools: [test.*]}}
"""

HEAD = """
import asyncio
from contextlib import asynccontextmanager
import jackfield
from jackfield import Verdict

seen = []
"""


def close_ticket(number: int = 1042) -> str:
    """Closes a ticket."""
    return f"Ticket {number} is closed."


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Callable[[str], Plugins]]:
    """The plugin `desk` from its source, installed and loaded."""
    with on_the_path(tmp_path) as site:

        def install(source: str) -> Plugins:
            site.install("desk", HEAD + source)
            plugins = Plugins.load({}, allow=["desk"])
            assert [each.reason for each in plugins.report() if each.name == "desk"] == [""]
            return plugins

        yield install


async def spoken(line: Line, name: str = "test__close_ticket") -> str:
    """The model calls the tool, gets an output, and is asked to speak about it."""
    await line.calls(name)
    await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
    return line.outputs()["call_0"]


async def test_what_a_plugin_denies_is_spoken_about(tmp_path: Path, load: Callable[[str], Plugins]) -> None:
    plugins = load("""
@jackfield.hookimpl
async def before_call(call, session):
    return Verdict.deny(f"{session.agent} may not close tickets.")
""")
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=plugins) as line:
        output = await spoken(line)
        assert json.loads(output) == {"error": "denied", "message": "receptionist may not close tickets."}
        assert "call_started" not in line.kinds()


CONFIRM = """
@jackfield.hookimpl
def before_call(call):
    seen.append(call.agreed)
    return Verdict.confirm(f"Shall I close ticket {call.arguments.get('number', 1042)}?")
"""


async def called(line: Line, call_id: str, requests: int) -> str:
    """The model calls the tool in the response that it is in, and is asked to speak about the output."""
    line.exchange.call(call_id, "test__close_ticket")
    line.exchange.end()
    await line.exchange.flush()
    await line.exchange.hears(lambda exchange: len(exchange.requests) == requests)
    return line.outputs()[call_id]


async def test_what_a_plugin_wants_confirmed_runs_once_after_the_caller_agreed(
    tmp_path: Path, load: Callable[[str], Plugins]
) -> None:
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=load(CONFIRM)) as line:
        asked = json.loads(await spoken(line))
        assert asked["error"] == "denied"
        assert "Shall I close ticket 1042?" in asked["message"]
        assert "confirmation_asked" in line.kinds()
        line.exchange.end()
        await line.exchange.flush()
        assert await line.session.confirm("call_0", agreed=True)
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        assert await called(line, "call_8", 3) == "Ticket 1042 is closed."
        assert "Shall I close" in await called(line, "call_9", 4), "one yes is for one call"
        assert line.kinds().count("call_started") == 1
    assert sys.modules["probe_desk"].seen == [False, True, False]


async def test_arguments_that_a_plugin_replaces_reach_the_tool_and_the_timeline(
    tmp_path: Path, load: Callable[[str], Plugins]
) -> None:
    plugins = load("""
@jackfield.hookimpl
def before_call(call):
    return Verdict.replace(arguments={"number": 7})
""")
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=plugins) as line:
        assert await spoken(line) == "Ticket 7 is closed."
        (started,) = [each for each in line.notices if isinstance(each, CallStarted)]
        assert started.arguments == {"number": 7}


async def test_a_result_that_a_plugin_puts_in_is_spoken_and_the_tool_is_not_run(
    tmp_path: Path, load: Callable[[str], Plugins]
) -> None:
    plugins = load("""
@jackfield.hookimpl
def before_call(call):
    return Verdict.replace(value="It was closed yesterday.")
""")
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=plugins) as line:
        assert await spoken(line) == "It was closed yesterday."
        assert "call_started" not in line.kinds()


async def test_a_plugin_is_around_a_call_and_told_of_its_end(
    tmp_path: Path, load: Callable[[str], Plugins]
) -> None:
    plugins = load("""
@jackfield.hookimpl
@asynccontextmanager
async def around_call(call, session, outcome):
    seen.append("enter")
    yield
    seen.append(outcome().output)

@jackfield.hookimpl
def call_finished(call, outcome, session):
    seen.append((call.id, session.id, outcome.kind.value))

@jackfield.hookimpl
def notice(notice):
    if notice.type == "call_started":
        seen.append("run")
""")
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=plugins) as line:
        await spoken(line)
    assert sorted(map(str, sys.modules["probe_desk"].seen)) == sorted(
        ["enter", "run", "Ticket 1042 is closed.", "('call_0', 'session_1', 'value')"]
    )


BREAKS = {
    "raises": "raise RuntimeError('hunter2')",
    "hangs": "await asyncio.Event().wait()",
    "returns a number": "return 7",
    "returns a function": "return print",
}


@pytest.mark.parametrize("body", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("hook", ["before_call", "around_call", "call_finished"])
async def test_a_hook_that_breaks_harms_no_call(
    tmp_path: Path, load: Callable[[str], Plugins], hook: str, body: str
) -> None:
    plugins = load(f"""
patience = {0.05 if "wait()" in body else 30}

@jackfield.hookimpl
async def {hook}(call):
    {body}
""")
    async with a_line(tmp_path, AGENTS, close_ticket, plugins=plugins) as line:
        assert await spoken(line) == "Ticket 1042 is closed."
        assert [each for each in line.kinds() if each.startswith("call_")] == [
            "call_received", "call_started", "call_finished",
        ]  # fmt: skip
    assert plugins.failures[f"desk.{hook}"] == (hook != "call_finished" or "return" not in body)


async def test_a_hook_that_never_decides_leaves_the_time_out_to_the_call(
    tmp_path: Path, load: Callable[[str], Plugins]
) -> None:
    plugins = load("""
patience = 60

@jackfield.hookimpl
async def before_call(call):
    await asyncio.Event().wait()
""")
    policies = {"test.close_ticket": CallPolicy(timeout=0.1)}
    async with a_line(tmp_path, AGENTS, close_ticket, policies=policies, plugins=plugins) as line:
        assert json.loads(await spoken(line))["error"] == "timeout"
