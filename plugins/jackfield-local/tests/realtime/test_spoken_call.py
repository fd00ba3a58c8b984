"""A whole spoken call: real speech, a real WebRTC line, real ears, voice and mind."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from jackfield.media import HeadlessPeer, read_wav
from jackfield_local.ears import MoonshineEars
from jackfield_local.engine.audio_formats import to_float, to_pcm
from jackfield_local.engine.resampling import Resampler
from jackfield_local.faculties import Faculties, MindSettings, load, load_mind
from jackfield_local.lines import MediaPool
from jackfield_local.voice import HibariVoice

from .server import serving

CLOCK = {
    "type": "function",
    "name": "clock__now",
    "description": "Tells what time it is in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city"}},
        "required": ["city"],
    },
}
SESSION = {
    "type": "realtime",
    "instructions": "You answer the phone of a repair shop.",
    "tools": [CLOCK],
    "audio": {"input": {"transcription": {"model": "whisper-1"}}},
}


@pytest.fixture(scope="module")
def loaded() -> Faculties:
    return load()


@pytest.fixture
def faculties(loaded: Faculties) -> Faculties:
    """A mind for each server, which closes it."""
    return replace(loaded, mind=load_mind(MindSettings()))


def speech(voice: HibariVoice, text: str, quiet_ms: int = 1500) -> bytes:
    return to_pcm(np.concatenate(list(voice.speak(text, "marin", 1.0)))) + bytes(48 * quiet_ms)


async def until(sideband: AsyncRealtimeConnection, *kinds: str) -> list[dict]:
    """Events up to and with the first of the last kind; only of these kinds."""
    seen = []
    async with asyncio.timeout(30):
        async for text in sideband._connection:
            event = json.loads(text)
            if event["type"] in kinds:
                seen.append(event)
            if event["type"] == kinds[-1]:
                return seen
    raise AssertionError(f"the sideband ended before {kinds[-1]}")


async def test_a_question_is_heard_looked_up_and_answered_aloud(
    faculties: Faculties, voice: HibariVoice, ears: MoonshineEars, tmp_path: Path
) -> None:
    transcribed = "conversation.item.input_audio_transcription.completed"
    async with (
        MediaPool() as pool,
        serving(pool, faculties=faculties) as server,
        server.client() as client,
        HeadlessPeer.start() as peer,
    ):
        answer = await client.realtime.calls.create(sdp=await peer.offer(), session=SESSION)
        call_id = answer.response.headers["Location"].rpartition("/")[2]
        await peer.accept(answer.text)
        await peer.connected()
        async with client.realtime.connect(call_id=call_id) as sideband:
            peer.play(speech(voice, "What time is it in Lima?"))
            heard, called = await until(sideband, transcribed, "response.done")
            assert heard["transcript"] == "What time is it in Lima?"
            call = next(one for one in called["response"]["output"] if one["type"] == "function_call")
            assert (call["name"], json.loads(call["arguments"])) == ("clock__now", {"city": "Lima"})
            output = {"type": "function_call_output", "call_id": call["call_id"]}
            await sideband.conversation.item.create(item={**output, "output": "It is ten past two in Lima."})
            await sideband.response.create()
            await until(sideband, "output_audio_buffer.stopped")
        await peer.finish(tmp_path / "reply.wav")
    sound = Resampler(2, 3).feed(to_float(read_wav(tmp_path / "reply.wav")))
    assert "10 past 2 in lima" in ears.recognise(sound, ()).text.lower()


async def test_a_pending_call_is_waited_for_and_never_invented(
    faculties: Faculties, voice: HibariVoice
) -> None:
    async with (
        MediaPool() as pool,
        serving(pool, faculties=faculties) as server,
        server.client() as client,
        HeadlessPeer.start() as peer,
    ):
        answer = await client.realtime.calls.create(sdp=await peer.offer(), session=SESSION)
        call_id = answer.response.headers["Location"].rpartition("/")[2]
        await peer.accept(answer.text)
        await peer.connected()
        async with client.realtime.connect(call_id=call_id) as sideband:
            peer.play(speech(voice, "What time is it in Lima?"))
            await until(sideband, "response.done")
            peer.play(speech(voice, "Do you have the answer yet?"))
            done = (await until(sideband, "response.done"))[-1]["response"]
    (said,) = done["output"]
    assert said["type"] == "message"
    assert "still" in said["content"][0]["transcript"].lower()
