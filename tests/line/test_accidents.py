"""Accidents in the middle of a call: the conversation goes on, and the model is told."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.mcp.state import ServerState
from jackfield.notices import AgentSaid, AgentStartedSpeaking, CallReceived, CallStarted, HandedOff
from jackfield.runtime import Runtime
from tests.line.caller import calling

AGENTS = """
version: 1
provider: local
agents:
  baker:
    tools: [oven.temperature, clock.now]
"""

PLUGIN = """
import jackfield

def temperature() -> str:
    \"\"\"How hot the oven is: its temperature.\"\"\"
    raise SystemExit("the oven is on fire")

@jackfield.hookimpl
def register_tools(register):
    register(temperature)

@jackfield.hookimpl
def notice(notice):
    raise RuntimeError("and so is the kitchen")
"""


def tickets_servers() -> list[int]:
    """The processes of the tickets server that this process started."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "jackfield_tickets"], capture_output=True, text=True
    )
    return [int(line) for line in found.stdout.split()]


async def test_a_killed_mcp_server_is_told_to_the_model_and_comes_back_by_itself(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(runtime, "workshop") as caller:
        await caller.greeted()
        caller.peer.play(say("Could you ask the supplier about a screen for the ThinkPad X1 Carbon?"))
        await caller.hears(lambda caller: bool(caller.all(CallStarted)))
        [pid] = tickets_servers()
        os.kill(pid, signal.SIGKILL)
        await caller.hears(lambda caller: "tickets.ask_supplier" in caller.outcomes())
        await caller.answered()

        caller.peer.play(say("And what time is it in Tokyo?"))
        await caller.hears(lambda caller: "clock.now" in caller.outcomes())
        caller.peer.play(say("Is ticket ten forty two ready?"))
        await caller.hears(lambda caller: "tickets.find_ticket" in caller.outcomes())
        await caller.hang_up(tmp_path / "reply.wav")

    assert caller.outcomes()["clock.now"] == "value"
    assert caller.outcomes()["tickets.find_ticket"] == "value", "the server is back"
    [status] = runtime.hub.status()
    assert status.state is ServerState.READY
    assert tickets_servers() != [pid]


@pytest.fixture
async def bakery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """A runtime with a plugin, installed as plugins are, that is as broken as it can be."""
    package = tmp_path / "site"
    metadata = package / "bakery-1.0.dist-info"
    metadata.mkdir(parents=True)
    (package / "bakery.py").write_text(PLUGIN)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bakery\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[jackfield]\noven = bakery\n")
    (tmp_path / "agents.yaml").write_text(AGENTS)
    monkeypatch.syspath_prepend(str(package))
    async with Runtime(load(tmp_path / "agents.yaml")) as runtime:
        yield runtime


async def test_a_plugin_that_breaks_in_the_middle_of_a_call_harms_nobody(
    bakery: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(bakery, "baker") as caller:
        caller.peer.play(say("What is the temperature of the oven?"))
        await caller.hears(lambda caller: "oven.temperature" in caller.outcomes())
        await caller.answered()
        caller.peer.play(say("And what time is it in Tokyo?"))
        await caller.hears(lambda caller: "clock.now" in caller.outcomes())
        await caller.answered()
        await caller.hang_up(tmp_path / "reply.wav")

    assert caller.outcomes() == {"oven.temperature": "error", "clock.now": "value"}
    assert any("Tokyo" in notice.text for notice in caller.all(AgentSaid))
    assert not any("on fire" in notice.text for notice in caller.all(AgentSaid)), "details stay in the log"


async def test_a_handoff_gives_the_line_to_the_other_agent_and_its_tools(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(runtime, "receptionist") as caller:
        await caller.greeted()
        caller.peer.play(say("Please transfer me to the workshop."))
        await caller.hears(lambda caller: bool(caller.all(HandedOff)))
        await caller.answered()
        caller.peer.play(say("Do you have a battery for the ThinkPad T14?"))
        await caller.hears(lambda caller: "tickets.find_part" in caller.outcomes())
        await caller.answered()
        await caller.hang_up(tmp_path / "reply.wav")

    assert caller.session.agent == "workshop"
    assert any("Workshop, go ahead" in notice.text for notice in caller.all(AgentSaid))
    assert caller.outcomes()["tickets.find_part"] == "value"


async def test_speaking_over_the_agent_stops_its_sound_and_gets_an_answer(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(runtime, "receptionist") as caller:
        await caller.hears(lambda caller: bool(caller.all(AgentStartedSpeaking)))
        caller.peer.play(say("Sorry, what time is it in Lima?"))
        await caller.hears(lambda caller: "clock.now" in caller.outcomes())
        await caller.answered()
        await caller.hang_up(tmp_path / "reply.wav")

    assert [notice.tool for notice in caller.all(CallReceived)] == ["clock.now"]
    assert any(notice.as_dict().get("interrupted") for notice in caller.notices)
