"""Every policy and every promise over WebRTC, with a model that follows a script.

Speech is not the point here, so callers type, except where they interrupt.
"""

import asyncio
import gc
import json
import sys
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.media import MessageReceived
from jackfield.notices import (
    AgentSaid,
    AgentStartedSpeaking,
    CallFinished,
    CallHeard,
    CallJoined,
    CallReceived,
    CallRetried,
    CallStarted,
    ResponseFinished,
    ResponseStarted,
    ToolsChanged,
    Trouble,
)
from jackfield.runtime import Runtime
from jackfield.session import Session
from tests.line import gadgets
from tests.line.caller import PATIENCE, Caller, calling

HERE = Path(__file__).parent
SPEECH = HERE.parent / "audio" / "time-and-ticket.wav"

AGENTS = """
version: 1
provider: local
providers: {local: {mind: script, script: SCRIPT}}
agents:
  tinkerer:
    tools: [gadgets.*]
    calls:
      announce_after: never
      tools:
        gadgets.sleepy: {timeout: 200ms}
        gadgets.slow: {announce_after: 300ms}
        gadgets.note: {deliver: silent}
        gadgets.fragile: {on_barge_in: cancel}
        gadgets.single: {concurrency: 1}
        gadgets.shaky: {retry: 1}
        gadgets.endless: {result_limit: 1KiB}
        gadgets.crash: {isolation: process}
        gadgets.count: {background: true}
"""


@pytest.fixture(scope="module")
async def runtime(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runtime]:
    """With the plugin `gadgets`, installed as plugins are."""
    folder = tmp_path_factory.mktemp("gadgets")
    about = folder / "gadgets-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: gadgets\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[jackfield]\ngadgets = tests.line.gadgets\n")
    (folder / "agents.yaml").write_text(AGENTS.replace("SCRIPT", str(HERE / "script.yaml")))
    sys.path.append(str(folder))
    try:
        async with Runtime(load(folder / "agents.yaml")) as runtime:
            yield runtime
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(autouse=True)
def doors_are_closed() -> None:
    gadgets.doors.clear()
    gadgets.entries.clear()


@asynccontextmanager
async def asking(runtime: Runtime, text: str) -> AsyncIterator[Caller]:
    """A caller who types this first."""
    async with calling(runtime, "tinkerer") as caller:
        await caller.session.say(text)
        yield caller


def said(text: str) -> Callable[[Caller], bool]:
    return lambda caller: any(text in notice.text for notice in caller.all(AgentSaid))


def finished(tool: str) -> Callable[[Caller], bool]:
    return lambda caller: f"gadgets.{tool}" in caller.outcomes()


# --- policies ---------------------------------------------------------------------------------------------


async def test_timeout(runtime: Runtime) -> None:
    async with asking(runtime, "sleepy") as caller:
        await caller.hears(said("That took too long."))
        assert caller.outcomes() == {"gadgets.sleepy": "timeout"}


async def test_announce_after(runtime: Runtime) -> None:
    async with asking(runtime, "slow") as caller:
        await caller.hears(said("I am still looking into it."))
        assert not caller.all(CallFinished)
        gadgets.doors["slow"].set()
        await caller.hears(said("The slow one is done."))


async def test_deliver_silent(runtime: Runtime) -> None:
    async with asking(runtime, "note") as caller:
        await caller.hears(finished("note"))
        await caller.session.say("hello")
        await caller.hears(said("Noted before."))
        assert len(caller.all(ResponseStarted)) == 2, "one with the call, one for the hello"


async def test_on_barge_in(runtime: Runtime) -> None:
    async with asking(runtime, "interrupt") as caller:
        await caller.hears(lambda caller: len(caller.all(CallStarted)) == 2)
        await caller.hears(lambda caller: bool(caller.all(AgentStartedSpeaking)))
        caller.peer.play(SPEECH)
        await caller.hears(finished("fragile"))
        assert caller.outcomes() == {"gadgets.fragile": "cancelled"}
        gadgets.doors["sturdy"].set()
        await caller.hears(finished("sturdy"))
        assert caller.outcomes()["gadgets.sturdy"] == "value"


async def test_concurrency(runtime: Runtime) -> None:
    async with asking(runtime, "single") as caller:
        await caller.hears(lambda caller: bool(caller.all(CallStarted)))
        gadgets.doors["single 1"].set()
        gadgets.doors["single 2"].set()
        await caller.hears(lambda caller: len(caller.all(CallFinished)) == 2)
        story = [each.type for each in caller.notices if isinstance(each, CallStarted | CallFinished)]
        assert story == ["call_started", "call_finished", "call_started", "call_finished"]


async def test_retry(runtime: Runtime) -> None:
    async with asking(runtime, "shaky") as caller:
        await caller.hears(said("The shaky one is done."))
        assert [notice.reason for notice in caller.all(CallRetried)] == ["ConnectionError"]
        assert caller.outcomes() == {"gadgets.shaky": "value"}


async def test_duplicates(runtime: Runtime) -> None:
    async with asking(runtime, "twin") as caller:
        await caller.hears(lambda caller: bool(caller.all(CallJoined)))
        gadgets.doors["twin"].set()
        await caller.hears(said("Both are done."))
        assert len(caller.all(CallFinished)) == 2
        assert gadgets.entries["twin"] == 1


async def test_result_limit(runtime: Runtime) -> None:
    async with asking(runtime, "endless") as caller:
        await caller.hears(said("That is a long list."))
        [cut] = caller.all(CallFinished)
        assert len(cut.output.encode()) <= 1024
        assert caller.all(ToolsChanged), "the rest can be read"


async def test_isolation(runtime: Runtime) -> None:
    async with asking(runtime, "crash") as caller:
        await caller.hears(said("That crashed."))
        assert caller.outcomes() == {"gadgets.crash": "unknown"}
        await caller.session.say("quick")
        await caller.hears(said("The quick one is done."))


async def test_background(runtime: Runtime) -> None:
    async with asking(runtime, "count") as caller:
        await caller.hears(said("I have started to count."))
        gadgets.doors["count"].set()
        await caller.hears(said("All right."))  # what the script says of a job's result, unasked
        [call, job] = caller.all(CallReceived)
        assert {notice.call_id for notice in caller.all(CallHeard)} == {call.call_id, job.call_id}


# --- promises ---------------------------------------------------------------------------------------------


async def on_the_data_channel(caller: Caller) -> list[dict[str, object]]:
    """What the provider said up to its next silence, and what it still said until the caller hung up.

    The control leg may know of the silence before the data channel does.
    """
    messages: list[dict[str, object]] = []
    async with asyncio.timeout(PATIENCE), aclosing(caller.peer.events()) as events:
        async for each in events:
            if isinstance(each, MessageReceived):
                messages.append(json.loads(each.text))
                if messages[-1]["type"] == "output_audio_buffer.stopped":
                    break
    await caller.peer.finish()
    messages += [
        json.loads(each.text) async for each in caller.peer.events() if isinstance(each, MessageReceived)
    ]
    return messages


async def test_everything_is_answered_once_at_once_and_spoken_about(runtime: Runtime) -> None:
    async with asking(runtime, "everything") as caller:
        await caller.hears(lambda caller: len(caller.all(CallHeard)) == 4)
        await caller.answered()
        wire = await on_the_data_channel(caller)

    added = [event["item"] for event in wire if event["type"] == "conversation.item.added"]
    answers = Counter(item["call_id"] for item in added if item["type"] == "function_call_output")  # type: ignore[index]
    assert answers == Counter(notice.call_id for notice in caller.all(CallReceived))
    assert set(answers.values()) == {1}
    outcomes = [notice.outcome.value for notice in caller.all(CallFinished)]
    assert sorted(outcomes) == ["error", "error", "error", "value"]
    assert not any("hunter2" in str(event) for event in wire)
    kinds = [event["type"] for event in wire]
    silence = kinds.index("output_audio_buffer.stopped")
    outputs = [place for place, event in enumerate(wire) if "function_call_output" in str(event)]
    assert min(outputs) < silence, "results do not wait until the agent has finished"
    assert "error" not in kinds, "nobody asked for a response while there was one"


async def test_only_function_calls_that_a_response_has_completed_are_run(runtime: Runtime) -> None:
    async with calling(runtime, "tinkerer") as caller:
        await caller.peer.opened()
        for status in ("incomplete", "completed"):
            item = {"type": "function_call", "name": "gadgets__quick", "call_id": f"call_{status}"}
            item |= {"arguments": "{}", "status": status}
            await caller.peer.send(json.dumps({"type": "conversation.item.create", "item": item}))
        await caller.session.say("quick")
        await caller.hears(said("The quick one is done."))
        assert [notice.call_id for notice in caller.all(CallReceived)] == [
            notice.call_id for notice in caller.all(CallFinished)
        ]
        assert len(caller.all(CallReceived)) == 1


async def test_a_failed_response_is_tried_once_more_then_told_and_the_talk_goes_on(runtime: Runtime) -> None:
    async with asking(runtime, "fail") as caller:
        await caller.hears(lambda caller: bool(caller.all(Trouble)))
        assert [notice.status for notice in caller.all(ResponseFinished)] == ["failed", "failed"]
        await caller.session.say("quick")
        await caller.hears(said("The quick one is done."))


async def test_nonsense_on_the_line_disturbs_nobody(runtime: Runtime) -> None:
    async with calling(runtime, "tinkerer") as caller:
        await caller.peer.opened()
        nonsense = ("{", "[]", '{"type": "nonsense"}', "\0")
        for text in nonsense:
            await caller.peer.send(text)
        await caller.hears(lambda caller: len(caller.all(Trouble)) == len(nonsense))
        await caller.session.say("quick")
        await caller.hears(said("The quick one is done."))


async def test_a_session_that_has_ended_is_forgotten(runtime: Runtime) -> None:
    async def a_call() -> weakref.ref[Session]:
        async with asking(runtime, "quick") as caller:
            await caller.hears(said("The quick one is done."))
            await caller.session.hang_up()
            return weakref.ref(caller.session)

    session = await a_call()
    async with asyncio.timeout(PATIENCE):
        while session() is not None:
            await asyncio.sleep(0)  # the thread of its tool is on its way to rest
            gc.collect()
    assert not runtime.sessions
