"""The sideband breaks, with a goodbye or without, and comes back; and what is left when it does not."""

import asyncio
import gc
import threading
import weakref
from pathlib import Path

from tests.session.exchange import PATIENCE, Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
    handoffs: [{to: workshop, when: the caller asks for it}]
  workshop: {instructions: You are the workshop., tools: [test.*]}
"""


async def lost(line: Line) -> None:
    """The sideband breaks, and the session knows."""
    await line.exchange.drop(1011)
    await line.until(lambda line: "trouble" in line.kinds())


async def back(line: Line) -> None:
    await line.until(lambda line: line.kinds().count("sideband_connected") == 2)


async def test_a_result_that_comes_while_the_sideband_is_away_is_sent_once_when_it_is_back(
    tmp_path: Path,
) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    async with a_line(tmp_path, AGENTS, slow) as line:
        await line.calls("test__slow")
        await line.until(lambda line: "call_started" in line.kinds())
        await lost(line)
        release.set()
        await line.until(lambda line: "call_finished" in line.kinds())
        await back(line)
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        created = [each for each in line.exchange.items if each["type"] == "function_call_output"]
        assert [each["output"] for each in created] == ["there it is"]
        assert line.exchange.busy_errors == 0


async def test_what_is_typed_while_the_sideband_is_away_is_answered_when_it_is_back(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        await lost(line)
        await line.session.say("are you there?")
        await back(line)
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        assert [each["role"] for each in line.exchange.conversation] == ["user"]


async def test_a_service_that_may_have_missed_a_handoff_is_told_of_it_again_before_anything_else(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS) as line:
        await line.calls("transfer_to_workshop")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        await lost(line)
        told = len(line.exchange.said)
        await line.session.say("is that the workshop?")
        await back(line)
        await line.exchange.hears(lambda exchange: len(exchange.said) >= told + 2)
        update = line.exchange.said[told]
        assert "You are the workshop." in update["session"]["instructions"]


async def test_a_function_call_of_a_response_that_outlives_the_loss_is_run(tmp_path: Path) -> None:
    def quick() -> str:
        """Answers at once."""
        return "quick as a flash"

    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.begin()
        await lost(line)
        line.exchange.call("call_0", "test__quick")
        await line.exchange.flush()  # nobody is there to hear it
        await back(line)
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: line.outputs() == {"call_0": "quick as a flash"})


async def test_a_session_that_has_ended_is_forgotten_and_its_tools_are_stopped(tmp_path: Path) -> None:
    stopped = threading.Event()

    async def slow() -> str:
        """Cleans up when it is stopped."""
        try:
            return await asyncio.Future()
        finally:
            stopped.set()

    async def a_call() -> weakref.ref[object]:
        async with a_line(tmp_path, AGENTS, slow) as line:
            await line.calls("test__slow")
            await line.until(lambda line: "call_started" in line.kinds())
            return weakref.ref(line.session)

    session = await a_call()
    assert stopped.is_set()
    gc.collect()
    assert session() is None


async def test_a_function_call_that_was_being_made_when_the_sideband_broke_is_asked_for_and_run(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.begin()
        line.exchange.begin_call("call_0", "test__quick")
        await line.exchange.flush()
        await line.until(lambda line: "response_started" in line.kinds())
        await lost(line)
        line.exchange.finish_call("call_0")
        line.exchange.outbox.clear()  # nobody is attached
        await back(line)
        await line.exchange.hears(lambda exchange: exchange.outputs == ["call_0"])
        assert line.outputs() == {"call_0": "quick indeed"}
        assert line.kinds().count("call_received") == 1


async def test_a_function_call_that_came_and_went_while_the_sideband_was_away_is_asked_for_again(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await lost(line)
        line.exchange.begin()
        line.exchange.call("call_0", "test__quick")
        line.exchange.end()
        line.exchange.outbox.clear()  # nobody is attached
        await back(line)
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        assert line.exchange.deleted[0] == "item_call_0"
        line.exchange.call("call_1", "test__quick")
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: line.outputs() == {"call_1": "quick indeed"})


async def test_what_was_answered_while_the_sideband_was_away_is_not_answered_again(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await line.calls("test__quick")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        await line.exchange.flush()
        await lost(line)
        line.exchange.says("item_a1", "assistant", "Quick indeed.")
        line.exchange.end()
        line.exchange.outbox.clear()  # nobody is attached
        await back(line)
        await line.until(lambda line: "agent_said" in line.kinds())
        await line.session.say("thank you")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        assert len(line.exchange.responses) == 3


async def test_a_function_call_that_somebody_else_put_there_is_not_run_then_either(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.put_call("call_0", "test__quick")
        await line.exchange.flush()
        await lost(line)
        await back(line)
        await line.session.say("hello")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        assert "call_received" not in line.kinds()
        assert line.exchange.deleted[:1] == ["item_call_0"]


def quick() -> str:
    """Is quick."""
    return "quick indeed"
