"""A session without WebRTC: sound as events of one WebSocket, played at our side."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jackfield.config import load
from jackfield.conversation.notices import LineChanged
from jackfield.errors import ConfigurationError, MediaError, ProviderRefused, SidebandLost
from jackfield.media.sound import FRAME_BYTES, loudness
from jackfield.notices import (
    AgentSaid,
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallFinished,
    Notice,
    SessionEnded,
)
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session, SocketLine
from jackfield.session.earpiece import Earpiece, Event
from jackfield.testing.agents import config_of, fitted, needed_plugins
from jackfield.testing.embedded import EMBEDDED, RULES, Embedded
from jackfield.testing.service import service

PATIENCE = 40
AGENTS = {"agents": {"desk": {"greeting": "Good day, what can I do for you?", "tools": ["clock.now"]}}}
SECOND = bytes(48_000)
SHORT = """
version: 1
provider: local
providers: {local: {mind: script, script: SCRIPT, limit: 6s}}
agents: {desk: {greeting: Good day.}}
"""

# --- what is played -----------------------------------------------------------------------------------


def delta(item: str = "item_1", frames: int = 5, response: str = "resp_1") -> Event:
    sound = b64encode(bytes(FRAME_BYTES * frames)).decode()
    return {
        "type": "response.output_audio.delta",
        "item_id": item,
        "response_id": response,
        "delta": sound,
    }


def done(item: str = "item_1") -> Event:
    return {"type": "response.output_audio.done", "item_id": item, "response_id": "resp_1"}


RESPONSE_DONE: Event = {"type": "response.done", "response": {"id": "resp_1"}}
SPEECH: Event = {"type": "input_audio_buffer.speech_started", "item_id": "item_9"}


def heard(earpiece: Earpiece) -> list[str]:
    events, earpiece.heard = earpiece.heard, []
    return [str(event["type"]).rpartition(".")[2] for event in events]


def test_sound_is_told_to_begin_when_it_is_heard_and_to_stop_when_all_of_it_was() -> None:
    earpiece = Earpiece()
    for event in (delta(), done(), delta("item_2"), done("item_2"), RESPONSE_DONE):
        earpiece.receive(event)
    assert heard(earpiece) == []
    earpiece.take()
    assert heard(earpiece) == ["started"]
    for _ in range(8):
        earpiece.take()
    assert heard(earpiece) == []
    earpiece.take()
    assert heard(earpiece) == ["stopped"]
    assert earpiece.idle
    assert earpiece.told == []


def test_a_caller_who_speaks_cuts_the_sound_off_and_the_service_is_told_how_much_was_heard() -> None:
    earpiece = Earpiece()
    earpiece.receive(delta(frames=10))
    for _ in range(3):
        earpiece.take()
    earpiece.receive(SPEECH)
    assert heard(earpiece) == ["started", "cleared"]
    assert [(event["item_id"], event["audio_end_ms"]) for event in earpiece.told] == [("item_1", 60)]
    earpiece.receive(delta())
    assert earpiece.idle, "what comes late of an item that was cut off is not played"


def test_a_session_that_may_not_be_interrupted_is_heard_out() -> None:
    earpiece = Earpiece()
    rule = {"type": "server_vad", "interrupt_response": False}
    session = {"audio": {"input": {"turn_detection": rule}}}
    earpiece.receive({"type": "session.updated", "session": session})
    earpiece.receive(delta())
    earpiece.receive(SPEECH)
    assert not earpiece.idle


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "response.output_audio.delta", "item_id": "a", "delta": "no base64!"},
        {"type": "response.output_audio.delta"},
        {"type": "response.output_audio.done", "item_id": 4},
        {"type": "response.done", "response": []},
        {"type": "session.updated", "session": {"audio": {"input": 3}}},
    ],
)
def test_malformed_events_are_let_pass(event: Event) -> None:
    earpiece = Earpiece()
    earpiece.receive(event)
    earpiece.take()
    assert heard(earpiece) == []


# --- over the wire ------------------------------------------------------------------------------------


@asynccontextmanager
async def a_runtime(*, audio: bool) -> AsyncIterator[Runtime]:
    served = await asyncio.to_thread(service, audio=audio)
    config = fitted(config_of(AGENTS, "desk", ()), EMBEDDED, ())
    embedded = await asyncio.to_thread(lambda: Embedded(served.url, served.key, RULES))
    installed = needed_plugins(config, ()) | {"local"}
    async with Runtime(config, Fittings(plugins=[embedded], installed=installed)) as runtime:
        yield runtime


async def noticed(session: Session, kind: type[Notice], number: int) -> Notice:
    """The notice of this kind that has this number, counted from 0."""
    async with asyncio.timeout(PATIENCE):
        async for notice in session.timeline():
            if isinstance(notice, kind):
                if number == 0:
                    return notice
                number -= 1
    raise AssertionError(f"the session ended without {kind.__name__}")


def listen(line: SocketLine) -> tuple[list[bytes], asyncio.Task[None]]:
    """What is heard of the line so far, and the task that goes on hearing until it is over."""
    frames: list[bytes] = []

    async def hear() -> None:
        async for frame in line.sound():
            frames.append(frame)

    return frames, asyncio.create_task(hear())


async def test_a_caller_is_heard_answered_and_may_interrupt_over_one_websocket() -> None:
    async with a_runtime(audio=True) as runtime:
        speak = next(iter(runtime.plugins.voices().values()))
        question = await asyncio.to_thread(speak, "What time is it in Lima?")
        session, line = await runtime.connect("desk")
        frames, listening = listen(line)
        await noticed(session, AgentStoppedSpeaking, 0)
        assert {len(frame) for frame in frames} == {FRAME_BYTES}
        assert max(map(loudness, frames)) > 500
        await line.speak(question + SECOND)
        finished = await noticed(session, CallFinished, 0)
        assert isinstance(finished, CallFinished)
        assert finished.tool == "clock.now"
        await noticed(session, AgentStartedSpeaking, 1)
        await line.speak(question + SECOND)
        stopped = await noticed(session, AgentStoppedSpeaking, 1)
        assert isinstance(stopped, AgentStoppedSpeaking)
        assert stopped.interrupted
        await noticed(session, CallFinished, 1)
        await session.hang_up()
        await asyncio.wait_for(listening, PATIENCE)


async def test_a_line_for_text_has_no_sound_and_ends_with_its_socket() -> None:
    async with a_runtime(audio=False) as runtime:
        session, line = await runtime.connect("desk", modality="text")
        with pytest.raises(MediaError, match="this line is for text"):
            await line.speak(SECOND)
        await session.say("What time is it in Lima?")
        await noticed(session, CallFinished, 0)
        await session.hang_up("that is all")
        assert isinstance(session.noticed[-1], SessionEnded)
        with pytest.raises(ProviderRefused, match="ended with its WebSocket"):
            line.end("socket_1")


async def test_a_caller_goes_on_speaking_and_hearing_when_the_session_moves_to_another_socket(
    tmp_path: Path,
) -> None:
    (tmp_path / "script.yaml").write_text("steps: [{hear: ready, say: 'You said {heard}'}]")
    (tmp_path / "agents.yaml").write_text(SHORT.replace("SCRIPT", str(tmp_path / "script.yaml")))
    async with Runtime(load(tmp_path / "agents.yaml"), Fittings(installed=["local"])) as runtime:
        speak = next(iter(runtime.plugins.voices().values()))
        question = await asyncio.to_thread(speak, "Are you ready for it?")
        session, line = await runtime.connect("desk")
        frames, listening = listen(line)
        await noticed(session, AgentStoppedSpeaking, 0)
        for number in (0, 1):
            await noticed(session, LineChanged, number)
            before = len(frames)
            await line.speak(question + SECOND)
            await noticed(session, AgentStoppedSpeaking, number + 1)
            assert max(map(loudness, frames[before:])) > 500
        said = [notice.text for notice in session.noticed if isinstance(notice, AgentSaid)]
        assert [text.split(" ")[0] for text in said] == ["Good", "You", "You"]
        await session.hang_up()
        await asyncio.wait_for(listening, PATIENCE)
        with pytest.raises(SidebandLost, match="the session has ended"):
            await line.speak(SECOND)


async def test_an_agent_that_is_not_there_and_a_session_that_is_not_taken_are_told_at_once() -> None:
    async with a_runtime(audio=False) as runtime:
        with pytest.raises(ConfigurationError, match="no agent 'nobody'"):
            await runtime.connect("nobody")
        assert not runtime.sessions
    served = service(audio=False)
    provider = RealtimeProvider("embedded", Endpoint(served.url, RULES), ApiKey(served.key))
    with pytest.raises(ProviderRefused, match="does not take the session"):
        await SocketLine("text").open(provider, {"instructions": 4})
    await provider.aclose()
