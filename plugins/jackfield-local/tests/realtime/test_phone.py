"""The telephone of the embedded server, with the official client on the answering side."""

import asyncio

import httpx
import pytest
from openai import APIStatusError
from openai.types.webhooks import RealtimeCallIncomingWebhookEvent

from jackfield_local.phones import Stand

from .server import Server

SESSION = {"model": "jackfield-local", "instructions": "Help."}
CALLS = "/v1/jackfield/phone/calls"


async def ringing(web: httpx.AsyncClient, **asked: object) -> dict[str, object]:
    answer = await web.post(CALLS, json=asked)
    assert answer.status_code == 201
    told: dict[str, object] = answer.json()
    return told


async def test_a_call_is_announced_as_the_official_client_reads_it(web: httpx.AsyncClient) -> None:
    told = await ringing(web, to="+44207", caller="+4930", headers={"X-Queue": "repairs"})
    event = RealtimeCallIncomingWebhookEvent.model_validate(told["event"], strict=True)
    assert event.data.call_id == told["call_id"]
    headers = {header.name: header.value for header in event.data.sip_headers}
    assert headers["X-Queue"] == "repairs"
    assert "+44207" in headers["To"] and "+4930" in headers["From"]


async def test_it_is_accepted_controlled_and_hung_up_by_the_official_client(
    web: httpx.AsyncClient, server: Server
) -> None:
    call_id = str((await ringing(web))["call_id"])
    async with server.client() as client:
        await client.realtime.calls.accept(call_id, type="realtime", **SESSION)  # type: ignore[arg-type]
        async with client.realtime.connect(call_id=call_id) as sideband:
            assert (await sideband.recv()).type == "session.created"
            assert (await sideband.recv()).type == "conversation.created"
            assert (await web.post(f"{CALLS}/{call_id}/keys", json={"keys": "1#"})).status_code == 204
            keys = [await sideband.recv(), await sideband.recv()]
            assert [key.event for key in keys] == ["1", "#"]  # type: ignore[union-attr]
            assert {key.type for key in keys} == {"input_audio_buffer.dtmf_event_received"}
            await web.post(f"{CALLS}/{call_id}/sound", content=(b"\x00\x40" * 50 + b"\x00\xc0" * 50) * 240)
            assert (await sideband.recv()).type == "input_audio_buffer.speech_started"
        with pytest.raises(APIStatusError) as taken:
            await client.realtime.calls.accept(call_id, type="realtime", **SESSION)  # type: ignore[arg-type]
        assert taken.value.status_code == 409
        await client.realtime.calls.hangup(call_id)
    await server.switchboard.empty()
    assert (await web.get(f"{CALLS}/{call_id}")).json()["state"] == Stand.OVER.value


async def test_it_is_rejected_and_passed_on_by_the_official_client(
    web: httpx.AsyncClient, server: Server
) -> None:
    calls = [str((await ringing(web))["call_id"]) for _ in range(3)]
    async with server.client() as client:
        await client.realtime.calls.reject(calls[0])
        await client.realtime.calls.reject(calls[1], status_code=486)
        await client.realtime.calls.accept(calls[2], type="realtime", **SESSION)  # type: ignore[arg-type]
        await client.realtime.calls.refer(calls[2], target_uri="tel:+442079461234")
    stands = [(await web.get(f"{CALLS}/{call_id}")).json() for call_id in calls]
    assert [(each["state"], each["status_code"]) for each in stands[:2]] == [
        ("rejected", 603),
        ("rejected", 486),
    ]
    assert (stands[2]["state"], stands[2]["target_uri"]) == ("referred", "tel:+442079461234")


@pytest.mark.parametrize(
    ("session", "param"),
    [
        ({"model": "m", "instructions": "x"}, "type"),
        ({"type": "realtime", "instructions": "x"}, "model"),
        ({"type": "realtime", "model": "m"}, "instructions"),
        (
            {
                "type": "realtime",
                **SESSION,
                "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.5}}},
            },
            "audio.input.turn_detection.threshold",
        ),
    ],
)
async def test_what_the_services_do_not_take_is_refused_and_it_rings_on(
    web: httpx.AsyncClient, session: dict[str, object], param: str
) -> None:
    call_id = (await ringing(web))["call_id"]
    answer = await web.post(f"/v1/realtime/calls/{call_id}/accept", json=session)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert (await web.get(f"{CALLS}/{call_id}")).json()["state"] == "ringing"


@pytest.mark.parametrize(
    ("verb", "body"),
    [("reject", {"status_code": 200}), ("refer", {}), ("refer", {"target_uri": "http://x"}), ("refer", [])],
)
async def test_a_wrong_order_about_a_call_is_refused(web: httpx.AsyncClient, verb: str, body: object) -> None:
    call_id = (await ringing(web))["call_id"]
    assert (await web.post(f"/v1/realtime/calls/{call_id}/{verb}", json=body)).status_code == 400


async def test_a_call_that_nobody_answers_in_time_rings_no_more(
    web: httpx.AsyncClient, server: Server
) -> None:
    server.switchboard.phones.ring_seconds = 0.05
    call_id = (await ringing(web))["call_id"]
    async with asyncio.timeout(30):
        assert (await web.get(f"{CALLS}/{call_id}?settled")).json()["state"] == "missed"
    answer = await web.post(f"/v1/realtime/calls/{call_id}/accept", json={"type": "realtime", **SESSION})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "call_id_not_found")
