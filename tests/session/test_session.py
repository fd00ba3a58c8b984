"""A session over real sockets: every promise that it adds to the conversation's, and those it could break."""

import asyncio
import threading
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from jackfield.calls import CallPolicy, OnBargeIn
from jackfield.dispatch import dispatcher
from jackfield.dispatch.right_of_way import RightOfWay
from jackfield.errors import ToolError
from jackfield.notices import SessionEnded
from jackfield.tools.tool import ToolContext
from tests.session.exchange import Exchange, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
    work_tools: true
    handoffs:
      - {to: workshop, when: the caller asks for it}
      - {to: boss, when: the caller is upset}
  boss: {transfer: "tel:+442079460000"}
  workshop:
    greeting: Workshop, go ahead.
    instructions: You are the workshop.
    tools: [test.quick]
"""


def quick() -> str:
    """Answers at once."""
    return "quick as a flash"


def angry() -> str:
    """Breaks."""
    raise RuntimeError("the password is hunter2")


def sorry() -> str:
    """Explains why it cannot."""
    raise ToolError("The shop is closed on Sundays.")


async def test_two_calls_are_answered_in_their_own_time_and_spoken_about(tmp_path: Path) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(10)
        return "slow and sure"

    async with a_line(tmp_path, AGENTS, quick, slow) as line:
        await line.calls("test__slow", "test__quick")
        await line.until(lambda line: line.outputs() == {"call_1": "quick as a flash"})
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        await line.exchange.flush()
        release.set()
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        assert line.outputs()["call_0"] == "slow and sure"
        assert line.exchange.busy_errors == 0


@pytest.mark.parametrize(
    ("name", "told", "untold"),
    [
        ("test__sorry", "closed on Sundays", "Traceback"),
        ("test__angry", "test.angry", "hunter2"),
        ("test__quik", "test__quick", "Traceback"),
    ],
)
async def test_whatever_goes_wrong_with_a_call_the_model_gets_one_sentence_that_is_safe_to_say(
    tmp_path: Path, name: str, told: str, untold: str
) -> None:
    async with a_line(tmp_path, AGENTS, quick, angry, sorry) as line:
        await line.calls(name)
        await line.until(lambda line: "call_0" in line.outputs())
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        assert told in line.outputs()["call_0"]
        assert untold not in line.outputs()["call_0"]


async def test_fifty_calls_at_once_get_one_answer_each(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await line.calls(*["test__quick"] * 50)
        await line.until(lambda line: len(line.outputs()) == 50)
        answered = [event for event in line.exchange.said if event["type"] == "conversation.item.create"]
        assert len(answered) == 50


async def test_a_handoff_changes_the_session_before_its_output_is_sent(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick, angry) as line:
        await line.calls("transfer_to_workshop")
        await line.until(lambda line: "call_0" in line.outputs())
        update, output = line.exchange.said[0], line.exchange.said[1]
        assert update["type"] == "session.update"
        assert "You are the workshop." in update["session"]["instructions"]
        assert [tool["name"] for tool in update["session"]["tools"]] == ["test__quick"]
        assert "audio" not in update["session"], "the voice cannot change any more, and must not be named"
        assert output["item"]["output"] == "Workshop, go ahead."
        assert line.session.agent == "workshop"


async def test_what_is_told_of_a_handoff_is_told_in_its_order(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick, angry) as line:
        await line.calls("transfer_to_workshop")
        await line.until(lambda line: "call_finished" in line.kinds())
        order = [each for each in line.kinds() if each.startswith("call_") or each == "handed_off"]
        assert order == ["call_received", "handed_off", "call_finished"]
        assert all(one.at <= other.at for one, other in pairwise(line.notices))


async def test_the_output_of_a_quick_tool_is_sent_before_the_next_event_is_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prompt() -> str:
        """Answers without waiting for anything."""
        return "done"

    # Otherwise a machine that is busy enough would be given up on.
    monkeypatch.setattr(dispatcher, "RightOfWay", partial(RightOfWay, longest=600.0))
    async with a_line(tmp_path, AGENTS, prompt) as line:
        await line.calls("test__prompt")
        await line.until(lambda line: "response_finished" in line.kinds())
        assert line.kinds().index("call_finished") < line.kinds().index("response_finished")
        assert line.exchange.said[0]["item"]["output"] == "done"


async def test_a_tool_that_blocks_its_loop_delays_neither_threads_nor_the_control_leg(tmp_path: Path) -> None:
    release = threading.Event()

    async def blocks() -> str:
        """An async function that forgets to await."""
        release.wait(10)
        return "done at last"

    async with a_line(tmp_path, AGENTS, quick, blocks) as line:
        await line.calls("test__blocks", "test__quick")
        await line.until(lambda line: "call_1" in line.outputs())
        assert "call_0" not in line.outputs()
        release.set()
        await line.until(lambda line: "call_0" in line.outputs())


async def test_a_running_tool_survives_the_loss_of_the_sideband_and_delivers_after_it(tmp_path: Path) -> None:
    release = threading.Event()

    def slow() -> str:
        """Takes its time."""
        release.wait(10)
        return "still there"

    async with a_line(tmp_path, AGENTS, slow) as line:
        await line.calls("test__slow")
        await line.until(lambda line: "call_started" in line.kinds())
        await line.exchange.drop(1011)
        await line.until(lambda line: line.kinds().count("sideband_connected") == 2)
        release.set()
        await line.until(lambda line: line.outputs() == {"call_0": "still there"})
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)


async def test_a_barge_in_reaches_the_tool_that_asked_to_be_stopped(tmp_path: Path) -> None:
    stopped = threading.Event()

    async def fragile() -> str:
        """Stops when the caller speaks."""
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return "never"

    policies = {"test.fragile": CallPolicy(on_barge_in=OnBargeIn.CANCEL)}
    async with a_line(tmp_path, AGENTS, fragile, policies=policies) as line:
        line.exchange.begin()
        line.exchange.call("call_0", "test__fragile")
        await line.exchange.flush()
        await line.until(lambda line: "call_started" in line.kinds())
        line.exchange.speech_starts()
        await line.exchange.flush()
        await line.until(lambda line: "cancelled" in line.outputs().get("call_0", ""))
        assert await asyncio.to_thread(stopped.wait, 10)


async def test_progress_reported_from_a_thread_is_noticed(tmp_path: Path) -> None:
    def counting(context: ToolContext) -> str:
        """Counts the parts."""
        context.progress("half of them counted")
        return "all counted"

    async with a_line(tmp_path, AGENTS, counting) as line:
        await line.calls("test__counting")
        await line.until(lambda line: "call_finished" in line.kinds())
        assert "call_progressed" in line.kinds()


async def test_a_typed_message_is_answered(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await line.session.say("hello")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        assert line.exchange.said[0]["item"]["content"] == [{"type": "input_text", "text": "hello"}]


async def end_of(line_of: Path, what: str) -> SessionEnded:
    """How a session ends when the service does this."""
    async with a_line(line_of, AGENTS, quick) as line:
        exchange: Exchange = line.exchange
        if what == "closes":
            await exchange.drop(1000)
        else:
            error = {"type": "invalid_request_error", "code": what, "message": "no more"}
            exchange.outbox.append({"type": "error", "event_id": "event_1", "error": error})
            await exchange.flush()
        await asyncio.wait_for(asyncio.shield(line.ended), 10)
        assert exchange.hung_up == ["rtc_1"]
        ended = line.notices[-1]
        assert isinstance(ended, SessionEnded)
        return ended


async def test_a_line_that_the_service_closes_has_ended_well(tmp_path: Path) -> None:
    assert not (await end_of(tmp_path, "closes")).failed


async def test_a_fatal_error_ends_the_session_with_its_reason(tmp_path: Path) -> None:
    ended = await end_of(tmp_path, "insufficient_quota")
    assert ended.failed
    assert "insufficient_quota" in ended.reason


async def test_tools_that_come_later_are_told_to_the_model(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.session.refresh_tools()
        line.source.register(sorry)
        line.session.refresh_tools()
        await line.exchange.hears(lambda exchange: bool(exchange.said))
        [update] = [event["session"] for event in line.exchange.said]
        assert {"test__quick", "test__sorry"} < {tool["name"] for tool in update["tools"]}
        await line.calls("test__sorry")
        await line.until(lambda line: "call_0" in line.outputs())
        assert "Sundays" in line.outputs()["call_0"]


async def test_a_tool_that_needs_a_yes_runs_after_the_button_was_pressed(tmp_path: Path) -> None:
    policies = {"test.quick": CallPolicy(confirm=True)}
    async with a_line(tmp_path, AGENTS, quick, policies=policies) as line:
        await line.calls("test__quick")
        await line.until(lambda line: "agree" in line.outputs().get("call_0", ""))
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        await line.exchange.flush()
        assert await line.session.confirm("call_0", agreed=True)
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        line.exchange.call("call_9", "test__quick")
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: line.outputs().get("call_9") == "quick as a flash")
        assert "call_started" in line.kinds()


async def test_on_a_line_that_has_ended_nothing_can_be_agreed_to(tmp_path: Path) -> None:
    policies = {"test.quick": CallPolicy(confirm=True)}
    async with a_line(tmp_path, AGENTS, quick, policies=policies) as line:
        await line.calls("test__quick")
        await line.until(lambda line: "agree" in line.outputs().get("call_0", ""))
        await line.session.hang_up()
        assert not await line.session.confirm("call_0", agreed=True)
        assert line.kinds()[-1] == "session_ended"


async def test_the_model_can_ask_what_is_running_and_stop_it(tmp_path: Path) -> None:
    async def endless() -> str:
        """Never ends."""
        await asyncio.Event().wait()
        return "never"

    async with a_line(tmp_path, AGENTS, endless) as line:
        line.exchange.begin()
        line.exchange.call("call_0", "test__endless")
        await line.exchange.flush()
        await line.until(lambda line: "call_started" in line.kinds())
        line.exchange.call("call_1", "running_work")
        line.exchange.call("call_2", "cancel_work", arguments='{"work": "nonsense"}')
        line.exchange.call("call_3", "cancel_work", arguments='{"work": "test.endless"}')
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: len(line.outputs()) == 4)
        assert "test.endless (call_0) has been running" in line.outputs()["call_1"]
        assert "nonsense" in line.outputs()["call_2"]
        assert line.outputs()["call_3"] == "test.endless was stopped."
        assert "cancelled" in line.outputs()["call_0"]


async def test_a_job_reports_when_it_is_done_though_its_call_was_answered_long_ago(tmp_path: Path) -> None:
    release = threading.Event()

    def counting() -> str:
        """Counts the parts."""
        release.wait(10)
        return "forty-two parts"

    policies = {"test.counting": CallPolicy(background=True)}
    async with a_line(tmp_path, AGENTS, counting, policies=policies) as line:
        await line.calls("test__counting")
        await line.until(lambda line: "job_" in line.outputs().get("call_0", ""))
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        await line.exchange.flush()
        release.set()
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 2)
        assert "forty-two parts" in str(line.exchange.said)


async def test_a_transfer_to_a_person_is_asked_of_the_provider_and_told_to_those_who_watch(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        await line.calls("transfer_to_boss")
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.exchange.referred == ["tel:+442079460000"]
        assert "transfer_wanted" in line.kinds()
        assert "passed on to boss" in line.outputs()["call_0"]


async def test_a_line_that_cannot_be_transferred_says_so(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, quick) as line:
        line.exchange.is_a_phone = False
        await line.calls("transfer_to_boss")
        await line.until(lambda line: "cannot be passed on" in line.outputs().get("call_0", ""))
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
