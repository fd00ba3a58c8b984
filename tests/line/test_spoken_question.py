"""The whole line: speech over WebRTC, understood, answered by a plugin and an MCP server, spoken."""

from collections.abc import Callable
from pathlib import Path

from jackfield.notices import AgentSaid, AgentStartedSpeaking, CallReceived, ResponseStarted
from jackfield.runtime import Runtime
from tests.line.caller import calling

AUDIO = Path(__file__).parent.parent / "audio"


async def test_a_spoken_question_runs_two_tools_at_once_and_is_answered_aloud(
    runtime: Runtime, tmp_path: Path, recognise: Callable[[Path], str]
) -> None:
    reply = tmp_path / "reply.wav"
    async with calling(runtime, "receptionist") as caller:
        await caller.greeted()
        caller.peer.play(AUDIO / "time-and-ticket.wav")
        heard = await caller.understood()
        await caller.answered()
        report = await caller.hang_up(reply)

    assert "lima" in heard.lower()
    received = {notice.tool: notice for notice in caller.all(CallReceived)}
    assert set(received) == {"clock.now", "tickets.find_ticket"}
    assert caller.outcomes() == {"clock.now": "value", "tickets.find_ticket": "value"}
    said = caller.all(AgentSaid)[-1].text
    assert "Ada Lopez" in said, "a fact from the tickets server's database"
    assert "Lima" in said
    spoken = recognise(reply)
    assert "screen" in spoken, spoken
    assert "lima" in spoken, spoken
    assert report.questions[0].latency_ms is not None
    print(f"first sound after {report.questions[0].latency_ms} ms, longest gap {report.longest_gap_ms} ms")


async def test_the_talk_goes_on_while_a_slow_tool_runs_and_its_result_is_spoken_unasked(
    runtime: Runtime, tmp_path: Path, say: Callable[[str], bytes]
) -> None:
    async with calling(runtime, "workshop") as caller:
        await caller.greeted()
        caller.peer.play(say("Could you ask the supplier about a screen for the ThinkPad X1 Carbon?"))
        await caller.hears(lambda caller: bool(caller.all(CallReceived)))
        caller.peer.play(say("And what time is it in Tokyo?"))
        await caller.answered()
        await caller.hears(lambda caller: "tickets.ask_supplier" in caller.outcomes())
        spoken_before = len(caller.all(AgentStartedSpeaking))
        await caller.hears(lambda caller: len(caller.all(AgentStartedSpeaking)) > spoken_before)
        report = await caller.hang_up(tmp_path / "reply.wav")

    order = list(caller.outcomes())
    assert order == ["clock.now", "tickets.ask_supplier"], "the quick answer came first"
    assert set(caller.outcomes().values()) == {"value"}
    said = [notice.text for notice in caller.all(AgentSaid)]
    tokyo = next(place for place, text in enumerate(said) if "Tokyo" in text)
    assert tokyo < len(said) - 1, "the supplier's answer came after that, unasked"
    assert caller.all(ResponseStarted)
    print(f"longest gap between received frames: {report.longest_gap_ms} ms of {report.frames} frames")
