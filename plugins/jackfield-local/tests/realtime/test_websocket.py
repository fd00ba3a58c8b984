"""Sessions over a WebSocket, mostly with the official client."""

import asyncio
import base64
import json

import numpy as np
import pytest
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from .oracle import check
from .server import Ears1, Server, Small, serving

LOOK = {"type": "function", "name": "look", "description": "Looks", "parameters": {"type": "object"}}
TEXT = {"type": "realtime", "output_modalities": ["text"], "tools": [LOOK]}


async def events_until(connection: AsyncRealtimeConnection, kind: str) -> list:
    """Up to and with the first of this kind; each checked by the official models."""
    seen = []
    async with asyncio.timeout(20):
        async for text in connection._connection:
            event = json.loads(text)
            check(event)
            seen.append(connection.parse_event(text))
            if event["type"] == kind:
                return seen
    raise AssertionError(f"the connection ended before {kind}")


async def type_text(connection: AsyncRealtimeConnection, text: str) -> None:
    content = [{"type": "input_text", "text": text}]
    await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
    await connection.response.create()


def tone(milliseconds: int) -> bytes:
    return (8000 * np.sin(np.arange(24 * milliseconds) / 10)).astype("<i2").tobytes()


@pytest.mark.parametrize("path", ["/v1", "/openai/v1"])
async def test_a_typed_question_is_answered_in_text(server: Server, path: str) -> None:
    async with server.client(path=path) as client, client.realtime.connect(model="m") as connection:
        first = await events_until(connection, "session.created")
        assert first[0].session.model == "m"
        await connection.session.update(session=TEXT)
        await type_text(connection, "hello")
        done = (await events_until(connection, "response.done"))[-1].response
    assert done.output[0].content[0].text == "You said: hello"


async def test_a_spoken_question_is_answered_in_sound_faster_than_it_plays(server: Server) -> None:
    async with server.client() as client, client.realtime.connect(model="m") as connection:
        await connection.session.update(
            session={"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
        )
        sound = tone(800) + bytes(48 * 700)
        for start in range(0, len(sound), 4800):
            await connection.input_audio_buffer.append(
                audio=base64.b64encode(sound[start : start + 4800]).decode()
            )
        events = await events_until(connection, "response.done")
    heard = [one for one in events if one.type.endswith("transcription.completed")]
    assert [one.transcript for one in heard] == ["look it up"]
    deltas = [base64.b64decode(one.delta) for one in events if one.type == "response.output_audio.delta"]
    assert sum(map(len, deltas)) == 5 * 12_000
    metadata = events[-1].response.metadata
    assert set(metadata) == {
        "jackfield_end_of_turn_ms",
        "jackfield_recognition_ms",
        "jackfield_mind_ms",
        "jackfield_synthesis_ms",
    }


async def test_a_tool_is_called_waited_for_and_its_result_is_told(server: Server) -> None:
    async with server.client() as client, client.realtime.connect(model="m") as connection:
        await connection.session.update(session=TEXT)
        await type_text(connection, "look up the time")
        done = (await events_until(connection, "response.done"))[-1].response
        message, call = done.output
        assert message.content[0].text == "One moment."
        assert (call.status, json.loads(call.arguments)) == ("completed", {"about": "look up the time"})
        await type_text(connection, "so?")
        waiting = (await events_until(connection, "response.done"))[-1].response
        assert waiting.output[0].content[0].text == "I'm still waiting for 1."
        await connection.conversation.item.create(
            item={"type": "function_call_output", "call_id": call.call_id, "output": "ten past two"}
        )
        await connection.response.create()
        told = (await events_until(connection, "response.done"))[-1].response
    assert told.output[0].content[0].text == "You said: ten past two"


async def test_speaking_over_a_long_answer_ends_it() -> None:
    async with (
        serving(faculties=Small(ears=Ears1("tell me"))) as server,
        server.client() as client,
        client.realtime.connect(model="m") as connection,
    ):
        await connection.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
        await type_text(connection, "tell me a story")
        await events_until(connection, "response.output_audio.delta")
        await connection.input_audio_buffer.append(audio=base64.b64encode(tone(300)).decode())
        events = await events_until(connection, "response.done")
        kinds = [event.type for event in events]
        assert "input_audio_buffer.speech_started" in kinds
        assert events[-1].response.status_details.reason == "turn_detected"
        item_id = events[-1].response.output[0].id
        await connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=100)
        await events_until(connection, "conversation.item.truncated")


async def test_a_mind_that_breaks_is_a_failed_response_without_its_secrets(server: Server) -> None:
    async with server.client() as client, client.realtime.connect(model="m") as connection:
        await type_text(connection, "fail")
        failed = (await events_until(connection, "response.done"))[-1].response
        assert failed.status == "failed" and "secret" not in failed.to_json()
        await type_text(connection, "hello")
        assert (await events_until(connection, "response.done"))[-1].response.status == "completed"


async def test_a_secret_brings_its_session_and_opens_several(server: Server) -> None:
    async with server.client() as client:
        secret = await client.realtime.client_secrets.create(
            session={"type": "realtime", "model": "gpt-realtime-2.1", "instructions": "Be kind."}
        )
    for _ in range(2):
        async with server.client(secret.value) as guest, guest.realtime.connect(model="m") as connection:
            created = (await events_until(connection, "session.created"))[0]
            assert created.session.instructions == "Be kind."


async def test_the_official_client_joins_no_session_that_is_not_there(server: Server) -> None:
    async with server.client() as client:
        with pytest.raises(InvalidStatus) as refusal:
            await client.realtime.connect(call_id="rtc_gone").enter()
    response = refusal.value.response
    assert response.status_code == 404
    assert json.loads(response.body)["error"] == {
        "message": "No session found for the provided call_id",
        "type": "invalid_request_error",
        "code": "call_id_not_found",
        "param": "",
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?model=m&call_id=rtc_1", 400),
        ("", 400),
        ("?model=m&api-version=2025-04-01-preview", 401),
        ("?model=m&api-key=wrong", 401),
    ],
)
async def test_a_handshake_that_cannot_be_is_refused(server: Server, query: str, status: int) -> None:
    headers = {} if "api-key" in query else {"api-key": server.key}
    with pytest.raises(InvalidStatus) as refusal:
        await connect(server.url(f"/openai/v1/realtime{query}", "ws"), additional_headers=headers)
    assert refusal.value.response.status_code == status
    assert "error" in json.loads(refusal.value.response.body)


async def test_a_browser_shows_its_key_among_the_subprotocols(server: Server) -> None:
    offered = ["realtime", f"openai-insecure-api-key.{server.key}", "openai-agents-sdk.0.1"]
    async with connect(server.url("/v1/realtime?model=m", "ws"), subprotocols=offered) as socket:
        assert socket.subprotocol == "realtime"
        assert json.loads(await socket.recv())["type"] == "session.created"


async def test_a_key_may_stand_in_the_query(server: Server) -> None:
    url = server.url(f"/openai/v1/realtime?model=m&api-key={server.key}", "ws")
    async with connect(url) as socket:
        assert socket.subprotocol is None
        assert json.loads(await socket.recv())["type"] == "session.created"


async def test_a_session_that_only_transcribes_needs_no_model(server: Server) -> None:
    url = server.url("/v1/realtime?intent=transcription", "ws")
    async with connect(url, additional_headers={"api-key": server.key}) as socket:
        created = json.loads(await socket.recv())
        assert created["session"]["object"] == "realtime.transcription_session"


async def test_a_session_expires_with_an_error_and_then_1001() -> None:
    async with (
        serving(seconds=0.2) as server,
        server.client() as client,
        client.realtime.connect(model="m") as connection,
    ):
        error = (await events_until(connection, "error"))[-1].error
        assert error.code == "session_expired"
        async with asyncio.timeout(10):
            await connection._connection.wait_closed()
    assert connection._connection.close_code == 1001


async def test_a_server_that_stops_says_goodbye() -> None:
    async with serving() as server:
        socket = await connect(
            server.url("/v1/realtime?model=m", "ws"), additional_headers={"api-key": "sesame"}
        )
        await socket.recv()
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    assert socket.close_code == 1001


async def test_a_client_who_leaves_takes_the_session_along(server: Server) -> None:
    async with server.client() as client, client.realtime.connect(model="m") as connection:
        await type_text(connection, "tell me a story")
        await events_until(connection, "response.output_audio.delta")
    async with asyncio.timeout(10):
        await server.switchboard.empty()


async def test_rubbish_is_answered_and_the_session_lives(server: Server) -> None:
    headers = {"api-key": server.key}
    async with connect(server.url("/v1/realtime?model=m", "ws"), additional_headers=headers) as socket:
        for rubbish in ("{", b"\xff\x00", '{"type":"session.update"}'):
            await socket.send(rubbish)
        await socket.send(json.dumps({"type": "input_audio_buffer.clear"}))
        kinds = [json.loads(await socket.recv())["type"] for _ in range(6)]
    assert kinds[2:] == ["error", "error", "error", "input_audio_buffer.cleared"]


async def test_large_sound_in_one_event_is_taken(server: Server) -> None:
    async with server.client() as client, client.realtime.connect(model="m") as connection:
        session = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        await connection.session.update(session=session)
        await connection.input_audio_buffer.append(audio=base64.b64encode(bytes(14 * 1024 * 1024)).decode())
        await connection.input_audio_buffer.commit()
        await events_until(connection, "input_audio_buffer.committed")
