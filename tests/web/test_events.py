import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from jackfield.notices import CallerStartedSpeaking, Notice
from jackfield.web.events import HEARTBEAT, last_event_id, stream

from .switchroom import OFFER, Exchange


async def opened(client: httpx.AsyncClient) -> str:
    answer = await client.post(
        "/agents/receptionist/sessions", content=OFFER, headers={"content-type": "application/sdp"}
    )
    return answer.headers["location"] + "/events"


def parsed(text: str) -> list[tuple[int, str]]:
    events = [block.split("\n") for block in text.strip().split("\n\n")]
    return [
        (int(lines[0].removeprefix("id: ")), json.loads(lines[1].removeprefix("data: "))["type"])
        for lines in events
    ]


WHOLE = [(1, "session_opened"), (2, "caller_said"), (3, "agent_said"), (4, "session_ended")]


async def test_the_timeline_is_replayed_from_the_start_and_ends_with_the_session(
    client: httpx.AsyncClient,
) -> None:
    events = await opened(client)
    await client.post("/sessions/session_1/messages", json={"text": "hello"})
    await client.delete("/sessions/session_1")
    answer = await client.get(events)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert parsed(answer.text) == WHOLE


async def test_whoever_comes_back_goes_on_where_they_left(client: httpx.AsyncClient) -> None:
    events = await opened(client)
    await client.post("/sessions/session_1/messages", json={"text": "hello"})
    await client.delete("/sessions/session_1")
    assert parsed((await client.get(events, headers={"last-event-id": "2"})).text) == WHOLE[2:]
    assert parsed((await client.get(events, headers={"last-event-id": "x"})).text) == WHOLE


async def test_notices_arrive_while_the_session_lives(wired: httpx.AsyncClient, exchange: Exchange) -> None:
    events = await opened(wired)
    async with wired.stream("GET", events) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "id: 1"
        while await anext(lines):
            pass
        exchange.sessions["session_1"].note(CallerStartedSpeaking(0.5))
        assert await anext(lines) == "id: 2"
        assert json.loads((await anext(lines)).removeprefix("data: ")) == {
            "type": "caller_started_speaking",
            "at": 0.5,
        }


async def test_two_readers_see_the_same(client: httpx.AsyncClient) -> None:
    events = await opened(client)
    both = [asyncio.create_task(client.get(events)) for _ in range(2)]
    await client.post("/sessions/session_1/messages", json={"text": "hello"})
    await client.delete("/sessions/session_1")
    assert [parsed((await one).text) for one in both] == [WHOLE, WHOLE]


async def test_silence_is_filled_with_heartbeats_and_loses_nothing() -> None:
    heard = asyncio.Event()

    async def timeline() -> AsyncIterator[Notice]:
        yield CallerStartedSpeaking(0.1)
        await heard.wait()
        yield CallerStartedSpeaking(0.2)

    events = []
    async for event in stream(timeline(), heartbeat=0.01):
        events.append(event)
        if event == HEARTBEAT:
            heard.set()
    assert [event[:5] for event in events if event != HEARTBEAT] == ["id: 1", "id: 2"]
    assert HEARTBEAT in events


async def test_a_reader_who_leaves_lets_go_of_the_timeline() -> None:
    left = asyncio.Event()

    async def timeline() -> AsyncIterator[Notice]:
        try:
            yield CallerStartedSpeaking(0.1)
            await asyncio.Event().wait()
        finally:
            left.set()

    events = stream(timeline())
    await anext(events)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.wait({waiting}, timeout=0.01)
    waiting.cancel()
    await asyncio.wait({waiting})
    await asyncio.wait_for(left.wait(), 5)


@pytest.mark.parametrize(("header", "place"), [(None, 0), ("", 0), ("7", 7), ("-1", 0), ("²", 0), ("1e3", 0)])
def test_a_place_that_makes_no_sense_is_the_start(header: str | None, place: int) -> None:
    assert last_event_id(header) == place
