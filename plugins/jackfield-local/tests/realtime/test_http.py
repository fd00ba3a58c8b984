"""Requests, over a real socket."""

import time

import httpx
import pytest

from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.keys import Keys
from jackfield_local.refusals import Refusal

from .server import Server, serving

PATHS = ["/v1", "/openai/v1"]
OFFER = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


def fault(response: httpx.Response, status: int) -> dict:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "code", "param"}
    return error


@pytest.mark.parametrize("path", PATHS)
async def test_the_official_client_mints_a_key(server: Server, path: str) -> None:
    async with server.client(path=path) as client:
        secret = await client.realtime.client_secrets.create(
            expires_after={"anchor": "created_at", "seconds": 7200},
            session={"type": "realtime", "model": "gpt-realtime-2.1", "instructions": "Be kind."},
        )
    assert secret.value.startswith("ek_")
    assert 7190 <= secret.expires_at - time.time() <= 7200
    session = secret.session
    assert session.type == "realtime" and session.model == "gpt-realtime-2.1"
    assert session.instructions == "Be kind."
    assert session.id.startswith("sess_") and session.object == "realtime.session"


async def test_a_key_lives_ten_minutes_unless_it_is_said(web: httpx.AsyncClient) -> None:
    response = await web.post("/v1/realtime/client_secrets")
    assert 590 <= response.json()["expires_at"] - time.time() <= 600


@pytest.mark.parametrize("seconds", [9, 7201, 60.5, "600"])
async def test_a_life_out_of_bounds_is_refused(web: httpx.AsyncClient, seconds: object) -> None:
    body = {"expires_after": {"anchor": "created_at", "seconds": seconds}}
    error = fault(await web.post("/v1/realtime/client_secrets", json=body), 400)
    assert error["param"] == "expires_after.seconds"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"session": {}}, "session.type"),
        ({"session": {"type": "realtime", "voice": "marin"}}, "session.voice"),
        ({"other": 1}, "other"),
        ([], None),
    ],
)
async def test_a_session_that_cannot_be_is_refused(web: httpx.AsyncClient, body: object, param: str) -> None:
    error = fault(await web.post("/v1/realtime/client_secrets", json=body), 400)
    if param:
        assert error["param"] == param


async def test_a_body_that_is_no_json_is_refused(web: httpx.AsyncClient) -> None:
    fault(await web.post("/v1/realtime/client_secrets", content=b"{"), 400)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Authorization": "Bearer sesame"}, ""),
        ({"api-key": "sesame"}, ""),
        ({}, "?api-key=sesame"),
    ],
)
async def test_the_key_is_taken_wherever_the_services_take_it(
    server: Server, path: str, headers: dict, query: str
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        url = server.url(f"{path}/realtime/client_secrets{query}")
        assert (await client.post(url, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"api-key": "wrong"}, {"Authorization": "Bearer ek_made_up"}])
async def test_nobody_else_is_let_in(server: Server, path: str, headers: dict) -> None:
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        for place in ("client_secrets", "calls", "calls/rtc_1/hangup", "calls/rtc_1/accept"):
            error = fault(await client.post(server.url(f"{path}/realtime/{place}")), 401)
            assert error["code"] == "invalid_api_key"


async def test_without_a_key_everybody_on_this_machine_is_let_in() -> None:
    async with serving(key="") as server, httpx.AsyncClient(trust_env=False) as client:
        for path in PATHS:
            url = server.url(f"{path}/realtime/client_secrets")
            assert (await client.post(url)).status_code == 200


async def test_an_ephemeral_key_mints_no_other(server: Server, web: httpx.AsyncClient) -> None:
    key = (await web.post("/v1/realtime/client_secrets")).json()["value"]
    headers = {"Authorization": f"Bearer {key}"}
    fault(await web.post("/v1/realtime/client_secrets", headers=headers), 401)


def test_a_key_ends_with_its_time() -> None:
    keys = Keys("sesame")
    secret = keys.mint(SessionSettings(), 10, 1000.0)
    assert keys.admit(secret.value, 1009.0) is secret
    with pytest.raises(Refusal, match="expired"):
        keys.admit(secret.value, 1010.0)


async def test_an_api_version_does_not_belong_on_these_paths(web: httpx.AsyncClient) -> None:
    fault(await web.post("/openai/v1/realtime/client_secrets?api-version=2025-04-01-preview"), 401)


async def test_a_call_that_nobody_knows_cannot_be_controlled(web: httpx.AsyncClient) -> None:
    for verb in ("hangup", "accept", "reject", "refer"):
        error = fault(await web.post(f"/v1/realtime/calls/rtc_gone/{verb}"), 404)
        assert error["code"] == "call_id_not_found"
    assert fault(await web.post("/v1/realtime/calls/rtc_gone/dance"), 404)["code"] == "unknown_url"


async def test_what_is_not_there_is_said_in_json(web: httpx.AsyncClient) -> None:
    assert fault(await web.get("/v1/nothing"), 404)["code"] == "unknown_url"
    fault(await web.get("/v1/realtime/calls"), 405)
    assert (await web.get("/healthz")).json() == {"status": "ok"}


async def test_an_offer_in_no_known_form_is_refused(web: httpx.AsyncClient) -> None:
    assert fault(await web.post("/v1/realtime/calls", json={}), 415)["code"] == "unsupported_content_type"
    assert fault(await web.post("/v1/realtime/calls"), 415)


@pytest.mark.parametrize(
    ("files", "param"),
    [
        ({"session": (None, b'{"type":"realtime"}')}, "sdp"),
        ({"sdp": (None, b"hello")}, "sdp"),
        ({"sdp": (None, OFFER.encode()), "session": (None, b"{}")}, "session.type"),
        ({"sdp": (None, OFFER.encode()), "session": (None, b"{")}, None),
        ({"sdp": (None, OFFER.encode()), "more": (None, b"")}, "more"),
    ],
)
async def test_parts_that_cannot_be_are_refused(web: httpx.AsyncClient, files: dict, param: str) -> None:
    assert fault(await web.post("/v1/realtime/calls", files=files), 400)["param"] == param


async def test_a_broken_multipart_body_is_refused(web: httpx.AsyncClient) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        response = await web.post("/v1/realtime/calls", content=b"--y\r\n", headers={"content-type": kind})
        fault(response, 400)


async def test_a_body_beyond_measure_is_refused(web: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/sdp"}
    fault(await web.post("/v1/realtime/calls", content=b"v=0" + bytes(2_000_000), headers=headers), 413)


async def test_an_offer_that_cannot_be_answered_is_the_callers_fault(web: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/sdp"}
    error = fault(await web.post("/v1/realtime/calls", content=b"v=0\r\n", headers=headers), 400)
    assert error["message"] == "The offer has no audio." and error["param"] == "sdp"


async def test_a_caller_too_many_is_told_to_come_later(web: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/sdp"}
    error = fault(await web.post("/v1/realtime/calls", content=OFFER, headers=headers), 503)
    assert error["type"] == "server_error"


async def test_a_browser_may_ask_from_any_page_and_read_the_location(web: httpx.AsyncClient) -> None:
    headers = {
        "origin": "http://page.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    asked = await web.options("/v1/realtime/calls", headers=headers)
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    said = await web.post("/v1/realtime/client_secrets", headers={"origin": "http://page.example"})
    assert said.headers["access-control-expose-headers"] == "Location"
