"""Calls: a real caller in a process of its own, real media processes, the official client beside them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pytest
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.exceptions import InvalidStatus

from jackfield.media import Closed, HeadlessPeer, MessageReceived
from jackfield_local.lines import MediaPool
from jackfield_local.switchboard import FILTERED

from .oracle import check
from .server import Ears1, Server, Small, serving

LOOK = {"type": "function", "name": "look", "description": "Looks", "parameters": {"type": "object"}}
SESSION = {"type": "realtime", "model": "m", "instructions": "Be kind.", "tools": [LOOK]}
QUESTION = (8000 * np.sin(np.arange(24 * 700) / 10)).astype("<i2").tobytes()


@asynccontextmanager
async def answering(said: str = "look it up") -> AsyncIterator[Server]:
    """A server with one media process, whose ears hear this in every sound."""
    async with MediaPool() as pool, serving(pool, faculties=Small(ears=Ears1(said))) as server:
        yield server


@asynccontextmanager
async def calling(
    server: Server, path: str = "/v1", query: str = ""
) -> AsyncIterator[tuple[HeadlessPeer, str]]:
    """A caller who is connected, by a secret and a bare offer; the call id."""
    async with HeadlessPeer.start() as peer, httpx.AsyncClient(trust_env=False) as web:
        headers = {"api-key": server.key}
        minted = await web.post(
            server.url(f"{path}/realtime/client_secrets"), json={"session": SESSION}, headers=headers
        )
        headers = {
            "Authorization": f"Bearer {minted.json()['value']}",
            "Content-Type": "application/sdp",
        }
        offer = await peer.offer()
        said = await web.post(server.url(f"{path}/realtime/calls{query}"), content=offer, headers=headers)
        assert said.status_code == 201, said.text
        assert said.headers["content-type"].startswith("application/sdp")
        assert said.headers["location"].startswith("/v1/realtime/calls/rtc_")
        await peer.accept(said.text)
        await peer.connected()
        await peer.opened()
        yield peer, said.headers["location"].rpartition("/")[2]


async def messages_until(peer: HeadlessPeer, kind: str) -> list[dict]:
    """What came on the data channel, up to and with the first of this kind."""
    seen = []
    async with asyncio.timeout(20):
        async for event in peer.events():
            if isinstance(event, MessageReceived):
                seen.append(json.loads(event.text))
                check(seen[-1])
                if seen[-1]["type"] == kind:
                    return seen
    raise AssertionError(f"the call ended before {kind}")


async def events_until(connection: AsyncRealtimeConnection, kind: str) -> list[dict]:
    seen = []
    async with asyncio.timeout(20):
        async for text in connection._connection:
            seen.append(json.loads(text))
            if seen[-1]["type"] == kind:
                return seen
    raise AssertionError(f"the sideband ended before {kind}")


async def test_a_call_is_spoken_and_its_sideband_runs_the_tools() -> None:
    async with (
        answering() as server,
        calling(server) as (peer, call_id),
        server.client() as client,
        client.realtime.connect(call_id=call_id) as sideband,
    ):
        created = (await events_until(sideband, "session.created"))[0]["session"]
        assert created["instructions"] == "Be kind."
        peer.play(QUESTION + bytes(48 * 1000))
        first = await events_until(sideband, "output_audio_buffer.stopped")
        kinds = [event["type"] for event in first]
        part, started = kinds.index("response.content_part.added"), kinds.index("output_audio_buffer.started")
        assert part < started and kinds.index("response.done") < len(kinds) - 1
        assert "response.output_audio.delta" not in kinds
        done = next(event for event in first if event["type"] == "response.done")
        call = done["response"]["output"][1]
        item = {"type": "function_call_output", "call_id": call["call_id"], "output": "found"}
        await sideband.conversation.item.create(item=item)
        await sideband.response.create()
        told = (await events_until(sideband, "response.done"))[-1]["response"]
        assert told["output"][0]["content"][0]["transcript"] == "You said: found"
        on_channel = await messages_until(peer, "output_audio_buffer.stopped")
        assert on_channel[0]["type"] == "session.created"
        same = [event for event in first if event["type"] != "conversation.created"]
        assert same == on_channel[-len(same) :], "every client is told the same events"
        report = await peer.finish()
    assert report.questions[0].latency_ms is not None


async def test_an_offer_and_its_session_come_together() -> None:
    async with answering() as server, server.client() as client, HeadlessPeer.start() as peer:
        answer = await client.realtime.calls.create(sdp=await peer.offer(), session=SESSION)
        assert answer.response.status_code == 201
        await peer.accept(answer.text)
        await peer.connected()
        created = (await messages_until(peer, "session.created"))[0]["session"]
        assert created["instructions"] == "Be kind." and created["model"] == "m"


async def test_the_caller_can_type_on_the_data_channel() -> None:
    async with answering() as server, calling(server) as (peer, _):
        content = [{"type": "input_text", "text": "hello"}]
        item = {"type": "message", "role": "user", "content": content}
        await peer.send(json.dumps({"type": "conversation.item.create", "item": item}))
        await peer.send(json.dumps({"type": "response.create"}))
        done = (await messages_until(peer, "response.done"))[-1]["response"]
        assert done["output"][0]["content"][0]["transcript"] == "You said: hello"


async def test_speaking_over_the_agent_silences_it_and_the_server_cuts_the_item() -> None:
    async with answering("tell me") as server, calling(server) as (peer, _):
        peer.play(QUESTION + bytes(48 * 1000))
        await messages_until(peer, "output_audio_buffer.started")
        peer.play(QUESTION)
        cut = await messages_until(peer, "conversation.item.truncated")
        kinds = [event["type"] for event in cut]
        assert kinds.index("input_audio_buffer.speech_started") < kinds.index("output_audio_buffer.cleared")
        assert 0 < cut[-1]["audio_end_ms"] < 20_000


async def test_a_filtered_data_channel_tells_only_what_a_browser_needs() -> None:
    async with answering() as server, calling(server, "/openai/v1", "?webrtcfilter=on") as (peer, call_id):
        async with server.client() as client, client.realtime.connect(call_id=call_id) as sideband:
            peer.play(QUESTION + bytes(48 * 1000))
            await events_until(sideband, "response.done")
        channel = await messages_until(peer, "output_audio_buffer.stopped")
    assert {event["type"] for event in channel} <= FILTERED
    assert "input_audio_buffer.speech_started" in {event["type"] for event in channel}


async def test_several_sidebands_may_join_and_leave_but_none_with_an_ephemeral_key() -> None:
    async with answering() as server, calling(server) as (_, call_id), server.client() as client:
        secret = await client.realtime.client_secrets.create(session=SESSION)
        async with server.client(secret.value) as guest:
            with pytest.raises(InvalidStatus) as refusal:
                await guest.realtime.connect(call_id=call_id).enter()
            assert refusal.value.response.status_code == 404
        async with client.realtime.connect(call_id=call_id) as one:
            async with client.realtime.connect(call_id=call_id) as two:
                await two.session.update(session={"type": "realtime", "instructions": "New."})
                for each in (one, two):
                    updated = (await events_until(each, "session.updated"))[-1]
                    assert updated["session"]["instructions"] == "New."
            await one.input_audio_buffer.clear()
            await events_until(one, "input_audio_buffer.cleared")


async def test_a_call_can_be_hung_up_over_http() -> None:
    async with (
        answering() as server,
        calling(server) as (peer, call_id),
        server.client() as client,
        client.realtime.connect(call_id=call_id) as sideband,
    ):
        await client.realtime.calls.hangup(call_id)
        async with asyncio.timeout(10):
            await sideband._connection.wait_closed()
            assert [event async for event in peer.events() if isinstance(event, Closed)]
        with pytest.raises(InvalidStatus):
            await client.realtime.connect(call_id=call_id).enter()


async def test_a_caller_who_leaves_ends_the_session_and_its_sidebands() -> None:
    async with (
        answering() as server,
        calling(server) as (peer, call_id),
        server.client() as client,
        client.realtime.connect(call_id=call_id) as sideband,
    ):
        await peer.finish()
        async with asyncio.timeout(10):
            await sideband._connection.wait_closed()
            await server.switchboard.empty()
    assert sideband._connection.close_code == 1000
