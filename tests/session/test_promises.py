"""The promises and policies that are decided purely, once more over a real socket."""

import asyncio
import threading
from pathlib import Path

import pytest

from jackfield.calls import CallPolicy, Deliver
from jackfield.conversation.service_errors import BENIGN
from jackfield.notices import CallFinished, CallStarted, Notice, Trouble
from tests.session.exchange import PATIENCE, Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
"""


def quick() -> str:
    """Answers at once."""
    return "quick as a flash"


def told(line: Line, kind: type[Notice]) -> list[Notice]:
    return [notice for notice in line.notices if isinstance(notice, kind)]


async def asked(line: Line, times: int) -> None:
    """So many responses were asked for, all told."""
    await line.exchange.hears(lambda exchange: len(exchange.requests) == times)


async def end_response(line: Line, status: str = "completed") -> None:
    line.exchange.end(status)
    await line.exchange.flush()


async def test_half_a_function_call_is_neither_run_nor_answered(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.begin()
        line.exchange.call("half", "test__quick", status="incomplete")
        line.exchange.call("whole", "test__quick")
        line.exchange.end("incomplete")
        await line.exchange.flush()
        await line.until(lambda line: "whole" in line.outputs())
        await asked(line, 1)
        assert line.outputs() == {"whole": "quick as a flash"}
        assert [notice.call_id for notice in told(line, CallStarted)] == ["whole"]


async def test_a_result_is_sent_while_the_caller_speaks_and_spoken_about_after_it(tmp_path: Path) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    async with a_line(tmp_path, AGENTS, slow) as line:
        await line.calls("test__slow")
        await line.until(lambda line: "call_started" in line.kinds())
        line.exchange.speech_starts()
        await line.exchange.flush()
        await line.until(lambda line: "caller_started_speaking" in line.kinds())
        release.set()
        await line.exchange.hears(lambda exchange: exchange.outputs == ["call_0"])
        assert not line.exchange.requests
        line.exchange.speech_stops()
        await line.exchange.flush()
        await line.until(lambda line: "call_heard" in line.kinds())
        assert not line.exchange.requests, "the answer to the caller knows it already"
        assert line.exchange.busy_errors == 0


async def test_a_busy_service_is_asked_again_when_its_response_is_over(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await line.calls("test__quick")
        line.exchange.begin()  # at the same moment: nobody has told the session
        await line.exchange.hears(lambda exchange: exchange.busy_errors == 1)
        await end_response(line)
        await asked(line, 2)
        await line.until(lambda line: "call_heard" in line.kinds())
        assert line.exchange.outputs == ["call_0"]


@pytest.mark.parametrize("code", sorted(BENIGN))
async def test_benign_errors_are_not_worth_a_word(tmp_path: Path, code: str) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        error = {"type": "invalid_request_error", "code": code, "message": "no harm done"}
        line.exchange.outbox.append({"type": "error", "event_id": "event_1", "error": error})
        await line.calls("test__quick")
        await asked(line, 1)
        assert not told(line, Trouble)


async def test_a_failed_response_is_tried_once_more_and_then_reported(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.begin()
        await end_response(line, "failed")
        await asked(line, 1)
        await end_response(line, "failed")
        await line.until(lambda line: "trouble" in line.kinds())
        [trouble] = told(line, Trouble)
        assert "failed twice" in trouble.message
        await line.session.say("are you there?")
        await asked(line, 2)


async def test_a_barge_in_stops_no_tool_that_did_not_ask_for_it(tmp_path: Path) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    async with a_line(tmp_path, AGENTS, slow) as line:
        line.exchange.begin()
        line.exchange.call("call_0", "test__slow")
        await line.exchange.flush()
        await line.until(lambda line: "call_started" in line.kinds())
        line.exchange.speech_starts()
        line.exchange.speech_stops()
        await line.exchange.flush()
        await line.until(lambda line: "caller_stopped_speaking" in line.kinds())
        release.set()
        await line.until(lambda line: line.outputs() == {"call_0": "there it is"})


async def test_a_tool_that_takes_too_long_is_interrupted_and_the_model_told(tmp_path: Path) -> None:
    interrupted = threading.Event()

    async def endless() -> str:
        """Never ends."""
        try:
            return await asyncio.Future()
        finally:
            interrupted.set()

    policies = {"test.endless": CallPolicy(timeout=0.1)}
    async with a_line(tmp_path, AGENTS, endless, policies=policies) as line:
        await line.calls("test__endless")
        await line.until(lambda line: '"timeout"' in line.outputs().get("call_0", ""))
        assert await asyncio.to_thread(interrupted.wait, PATIENCE)
        await asked(line, 1)


async def test_a_slow_tool_is_announced_with_its_last_word_and_told_when_it_is_done(tmp_path: Path) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(PATIENCE)
        return "there it is"

    policies = {"test.slow": CallPolicy(announce_after=0.05)}
    async with a_line(tmp_path, AGENTS, slow, policies=policies) as line:
        await line.calls("test__slow")
        await asked(line, 1)
        [announcement] = line.exchange.requests
        assert "test.slow is still running" in announcement["response"]["instructions"]
        assert announcement["response"]["tool_choice"] == "none"
        await end_response(line)
        release.set()
        await asked(line, 2)
        assert "instructions" not in line.exchange.requests[1]["response"]


async def test_a_silent_tool_is_answered_and_causes_no_response(tmp_path: Path) -> None:
    policies = {"test.quick": CallPolicy(deliver=Deliver.SILENT)}
    async with a_line(tmp_path, AGENTS, quick, policies=policies) as line:
        await line.calls("test__quick")
        await line.exchange.hears(lambda exchange: exchange.outputs == ["call_0"])
        await line.session.say("hello")
        await asked(line, 1)
        order = [event["type"] for event in line.exchange.said]
        assert order == ["conversation.item.create", "conversation.item.create", "response.create"]


async def test_so_many_calls_of_a_tool_run_at_once_as_its_policy_says(tmp_path: Path) -> None:
    gates = {number: threading.Event() for number in range(3)}

    def slow(number: int) -> str:
        """Takes its time."""
        gates[number].wait(PATIENCE)
        return f"number {number}"

    policies = {"test.slow": CallPolicy(concurrency=1, announce_after=None)}
    async with a_line(tmp_path, AGENTS, slow, policies=policies) as line:
        line.exchange.begin()
        for number in range(3):
            line.exchange.call(f"call_{number}", "test__slow", arguments=f'{{"number": {number}}}')
        line.exchange.end()
        await line.exchange.flush()
        for number in range(3):
            await line.until(lambda line, number=number: len(told(line, CallStarted)) == number + 1)
            assert len(told(line, CallFinished)) == number, "the one before it has ended"
            gates[number].set()
        await line.until(lambda line: len(line.outputs()) == 3)
