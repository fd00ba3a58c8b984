"""A caller makes another line for a session that goes on, and says that it is there."""

import httpx

from .switchroom import ANSWER, OFFER, Exchange
from .test_sessions import SDP, dial, sentence


async def test_an_offer_of_another_line_is_answered_beside_the_one_there_is(
    client: httpx.AsyncClient, exchange: Exchange
) -> None:
    session = (await dial(client)).headers["location"]
    answer = await client.post(f"{session}/lines", content=OFFER, headers=SDP)
    assert (answer.status_code, answer.text) == (201, ANSWER)
    assert answer.headers["location"] == f"{session}/lines/2"
    assert exchange.sessions["session_1"].line.caller_at == 1
    assert (await client.post(answer.headers["location"])).status_code == 204
    assert exchange.sessions["session_1"].line.caller_at == 2
    assert list(exchange.sessions) == ["session_1"]


async def test_a_line_that_was_replaced_by_a_later_one_is_not_found(client: httpx.AsyncClient) -> None:
    session = (await dial(client)).headers["location"]
    first = await client.post(f"{session}/lines", content=OFFER, headers=SDP)
    await client.post(f"{session}/lines", content=OFFER, headers=SDP)
    answer = await client.post(first.headers["location"])
    assert answer.status_code == 404
    assert "another one" in sentence(answer)


async def test_another_line_is_an_offer_with_audio_too(client: httpx.AsyncClient) -> None:
    session = (await dial(client)).headers["location"]
    assert (await client.post(f"{session}/lines", content="hello", headers=SDP)).status_code == 400
    assert (await client.post("/sessions/nobody/lines", content=OFFER, headers=SDP)).status_code == 404


async def test_a_caller_who_is_there_says_so(client: httpx.AsyncClient, exchange: Exchange) -> None:
    session = (await dial(client)).headers["location"]
    assert (await client.post(f"{session}/heartbeat")).status_code == 204
    assert exchange.sessions["session_1"].line.heartbeats == 1
