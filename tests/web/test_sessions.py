import asyncio
import json

import httpx
import pytest

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.web.access import Access
from jackfield.web.bodies import MOST_MESSAGE_BYTES, MOST_OFFER_BYTES

from .conftest import face
from .switchroom import ANSWER, OFFER, Exchange, refusing

SDP = {"content-type": "application/sdp"}


async def dial(client: httpx.AsyncClient, agent: str = "receptionist") -> httpx.Response:
    return await client.post(f"/agents/{agent}/sessions", content=OFFER, headers=SDP)


def sentence(answer: httpx.Response) -> str:
    return answer.json()["error"]["message"]


async def test_the_agents_are_those_one_can_talk_to(client: httpx.AsyncClient) -> None:
    assert (await client.get("/agents")).json()["agents"] == [
        {
            "name": "receptionist",
            "voice": "marin",
            "greeting": "Brightside Repairs, good morning.",
            "first": True,
            "push_to_talk": False,
        },
        {"name": "workshop", "voice": "cedar", "greeting": None, "first": False, "push_to_talk": True},
    ]


async def test_an_offer_is_answered_with_a_session(client: httpx.AsyncClient, exchange: Exchange) -> None:
    answer = await dial(client)
    assert (answer.status_code, answer.text) == (201, ANSWER)
    assert answer.headers["content-type"].startswith("application/sdp")
    assert answer.headers["location"] == "/sessions/session_1"
    assert list(exchange.sessions) == ["session_1"]


@pytest.mark.parametrize("agent", ["nobody", "manager"])
async def test_an_agent_that_cannot_be_talked_to_is_not_found(client: httpx.AsyncClient, agent: str) -> None:
    answer = await dial(client, agent)
    assert answer.status_code == 404
    assert "receptionist, workshop" in sentence(answer)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (OFFER, "application/json", 415),
        (OFFER, None, 415),
        ("hello", "application/sdp", 400),
        ("", "application/sdp", 400),
        (b"v=0\xff", "application/sdp", 400),
        (OFFER.replace("m=audio", "m=video"), "application/sdp", 400),
        (OFFER + "a=x\r\n" * MOST_OFFER_BYTES, "application/sdp", 413),
    ],
)
async def test_what_is_no_offer_is_refused_with_a_sentence(
    client: httpx.AsyncClient, exchange: Exchange, body: str | bytes, kind: str | None, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = await client.post("/agents/receptionist/sessions", content=body, headers=headers)
    assert answer.status_code == status
    assert sentence(answer)
    assert not exchange.sessions


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ProviderUnreachable("azure does not answer at https://x.example"), 503),
        (ProviderRefused("azure refused the key", status=401, code="invalid_api_key"), 502),
        (ProviderRefused("the quota is used up", status=429), 503),
    ],
)
async def test_the_providers_sentence_reaches_the_caller(fault: Exception, status: int) -> None:
    async with face(refusing(fault)) as client:
        answer = await dial(client)
    assert (answer.status_code, sentence(answer)) == (status, str(fault))


async def test_an_accident_is_told_without_its_text() -> None:
    async with face(refusing(RuntimeError("sk-secret"))) as client:
        answer = await dial(client)
    assert answer.status_code == 500
    assert "sk-secret" not in answer.text


async def test_more_callers_than_lines_are_told_to_wait(exchange: Exchange) -> None:
    async with face(exchange, Access(most_sessions=2)) as client:
        exchange.gate.clear()
        calls = [asyncio.create_task(dial(client)) for _ in range(3)]
        done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert [(call.result().status_code, call.result().headers["retry-after"]) for call in done] == [
            (503, "5")
        ]
        exchange.gate.set()
        assert [(await call).status_code for call in waiting] == [201, 201]
        assert (await client.get("/readyz")).status_code == 503
        await client.delete("/sessions/session_1")
        assert (await client.get("/readyz")).status_code == 200
        assert (await dial(client)).status_code == 201


async def test_a_message_is_typed_into_the_conversation(client: httpx.AsyncClient) -> None:
    await dial(client)
    assert (await client.post("/sessions/session_1/messages", json={"text": " hello "})).status_code == 202
    await client.delete("/sessions/session_1")
    events = (await client.get("/sessions/session_1/events")).text
    assert '"text": "hello"' in events
    assert "You said: hello" in events


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('{"text": 3}', 400),
        ('{"text": "  "}', 400),
        ("[" * 9000, 400),
        (json.dumps({"text": "x" * MOST_MESSAGE_BYTES}), 413),
    ],
)
async def test_what_is_no_message_is_refused(client: httpx.AsyncClient, body: str, status: int) -> None:
    await dial(client)
    headers = {"content-type": "application/json"}
    answer = await client.post("/sessions/session_1/messages", content=body, headers=headers)
    assert answer.status_code == status
    assert sentence(answer)


async def test_a_form_of_another_site_cannot_type(client: httpx.AsyncClient) -> None:
    await dial(client)
    answer = await client.post(
        "/sessions/session_1/messages", content='{"text": "x"}', headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 415


async def test_a_caller_agrees_or_refuses_by_http(client: httpx.AsyncClient, exchange: Exchange) -> None:
    await dial(client)
    line = exchange.sessions["session_1"]
    line.ask(3.0, "call_1", "tickets.close_ticket", '{"number": 1042}')
    address = "/sessions/session_1/confirmations/call_1"
    assert (await client.post(address, json={"agree": True})).status_code == 204
    assert (await client.post(address, json={"agree": False})).status_code == 204
    assert line.answers == [("call_1", True), ("call_1", False)]
    answer = await client.post(address, json={"agree": True})
    assert answer.status_code == 404
    assert "not asked any more" in sentence(answer)


async def test_what_is_not_asked_cannot_be_agreed_to(client: httpx.AsyncClient) -> None:
    await dial(client)
    for address in ("/sessions/session_1/confirmations/call_9", "/sessions/session_9/confirmations/call_1"):
        answer = await client.post(address, json={"agree": True})
        assert answer.status_code == 404
        assert sentence(answer)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "application/json", 400),
        ('{"agree": "yes"}', "application/json", 400),
        ('{"agree": 1}', "application/json", 400),
        ('{"agree": null}', "application/json", 400),
        ('{"agree": true}', "text/plain", 415),
        (json.dumps({"agree": True, "x": "x" * MOST_MESSAGE_BYTES}), "application/json", 413),
    ],
)
async def test_what_is_neither_yes_nor_no_is_refused(
    client: httpx.AsyncClient, exchange: Exchange, body: str, kind: str, status: int
) -> None:
    await dial(client)
    line = exchange.sessions["session_1"]
    line.ask(3.0, "call_1", "tickets.close_ticket", '{"number": 1042}')
    headers = {"content-type": kind}
    answer = await client.post("/sessions/session_1/confirmations/call_1", content=body, headers=headers)
    assert answer.status_code == status
    assert sentence(answer)
    assert not line.answers


@pytest.mark.parametrize(
    ("body", "number", "status"),
    [
        ({"answer": {"shelf": "B"}}, 1, 204),
        ({"decline": True}, 1, 204),
        ({"answer": {"shelf": "C"}}, 1, 422),
        ({"answer": {"shelf": "B"}}, 2, 404),
        ({"answer": "B"}, 1, 400),
        ({"decline": "no"}, 1, 400),
        ([], 1, 400),
    ],
)
async def test_what_a_tool_wants_to_know_is_answered_by_http(
    client: httpx.AsyncClient, body: object, number: int, status: int
) -> None:
    await dial(client)
    answer = await client.post(f"/sessions/session_1/questions/question_{number}", json=body)
    assert answer.status_code == status
    assert status == 204 or sentence(answer)


async def test_hanging_up_ends_the_session_and_may_be_done_twice(
    client: httpx.AsyncClient, exchange: Exchange
) -> None:
    await dial(client)
    assert (await client.delete("/sessions/session_1")).status_code == 204
    assert not exchange.sessions
    assert (await client.delete("/sessions/session_1")).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sessions/session_9/events"),
        ("DELETE", "/sessions/session_9"),
        ("POST", "/sessions/session_9/messages"),
        ("GET", "/nothing"),
        ("GET", "/assets/nothing.js"),
        ("GET", "/assets/../app.py"),
        ("GET", "/assets/%2e%2e/app.py"),
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 404
    assert sentence(answer)


async def test_a_wrong_method_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.put("/agents")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_the_button_to_talk_is_pressed_and_let_go_of(
    client: httpx.AsyncClient, exchange: Exchange
) -> None:
    sdp = {"content-type": "application/sdp"}
    for agent, status in (("workshop", 204), ("receptionist", 409)):
        opened = await client.post(f"/agents/{agent}/sessions", content=OFFER, headers=sdp)
        button = f"{opened.headers['location']}/button"
        for held in (True, False):
            assert (await client.post(button, json={"held": held})).status_code == status
        assert (await client.post(button, json={"held": "yes"})).status_code == 400
    assert [line.held for line in exchange.sessions.values()] == [[True, False], [True, False]]
    assert (await client.post("/sessions/nobody/button", json={"held": True})).status_code == 404
