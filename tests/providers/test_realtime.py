"""Sessions opened and ended at a service that demands what the official ones do."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.guest import Guest, serving
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts

from .conftest import KEY
from .strict_service import ANSWER, StrictService

SESSION = {"type": "realtime", "instructions": "Say naïve things.", "audio": {"output": {"voice": "marin"}}}


@asynccontextmanager
async def provider_for(
    service: StrictService, key: str = KEY, *, timeouts: Timeouts | None = None, **options: object
) -> AsyncIterator[RealtimeProvider]:
    form = "secret" if service.azure else "multipart"
    endpoint = Endpoint(service.surface, service.model, offer_form=form, **options)
    credential = ApiKey(key, header="api-key" if service.azure else "Authorization")
    provider = RealtimeProvider(
        "azure" if service.azure else "openai", endpoint, credential, timeouts=timeouts
    )
    await provider.start()
    try:
        yield provider
    finally:
        await provider.aclose()


async def test_openai_is_given_offer_and_session_as_two_parts_of_one_form(
    openai: StrictService, offer: str
) -> None:
    async with provider_for(openai, headers={"OpenAI-Project": "proj_1"}) as provider:
        answer = await provider.answer(offer, SESSION)
    assert (answer.sdp, answer.call_id) == (ANSWER, "rtc_0")
    assert openai.sessions == {"rtc_0": {**SESSION, "model": openai.model}}
    assert openai.headers[0]["openai-project"] == "proj_1"
    assert not openai.secrets


async def test_azure_is_given_a_minted_secret_and_then_the_bare_offer(
    azure: StrictService, offer: str
) -> None:
    async with provider_for(azure) as provider:
        answer = await provider.answer(offer, SESSION)
    assert (answer.sdp, answer.call_id) == (ANSWER, "rtc_0")
    assert azure.sessions == {"rtc_0": {**SESSION, "model": "Voice-Desk"}}
    minting, opening = azure.headers
    assert minting["api-key"] == KEY
    assert "api-key" not in opening
    assert opening["authorization"].startswith("Bearer ek_")


async def test_the_webrtc_filter_is_asked_for_where_the_offer_goes(azure: StrictService, offer: str) -> None:
    async with provider_for(azure, webrtcfilter=True) as provider:
        await provider.answer(offer, SESSION)
    assert azure.queries == ["", "webrtcfilter=on"]


async def test_the_filter_is_asked_for_by_itself_where_the_caller_is_not_trusted(
    azure: StrictService, offer: str
) -> None:
    async with provider_for(azure, webrtcfilter=None) as provider:
        for trusted in (True, False):
            with serving(Guest(trusted=trusted)):
                await provider.answer(offer, SESSION)
    assert azure.queries == ["", "", "", "webrtcfilter=on"]


async def test_a_caller_is_told_to_the_service_as_a_hash_that_is_always_the_same(
    openai: StrictService, offer: str
) -> None:
    async with provider_for(openai, safety_identifier="shop") as provider:
        for name in ("Ada", "Ada", "Bob"):
            with serving(Guest(name)):
                await provider.answer(offer, SESSION)
    told = [headers["openai-safety-identifier"] for headers in openai.headers]
    assert told[0] == told[1] != told[2]
    assert all(len(each) == 64 and "Ada" not in each for each in told)


async def test_where_nobody_is_known_nobody_is_told(openai: StrictService, offer: str) -> None:
    async with provider_for(openai, safety_identifier="") as provider:
        await provider.answer(offer, SESSION)
    async with provider_for(openai) as provider:  # as at Azure, which knows no such header
        with serving(Guest("Ada")):
            await provider.answer(offer, SESSION)
    assert not [headers for headers in openai.headers if "openai-safety-identifier" in headers]


async def test_an_ephemeral_key_is_used_once_and_one_that_has_expired_is_replaced_once(
    azure: StrictService, offer: str
) -> None:
    async with provider_for(azure) as provider:
        azure.stale = 1
        await provider.answer(offer, SESSION)
        await provider.answer(offer, SESSION)
        assert len(azure.secrets) == 3
        azure.stale = 100
        with pytest.raises(ProviderRefused, match="Ephemeral token expired") as caught:
            await provider.answer(offer, SESSION)
    assert len(azure.secrets) == 5
    assert caught.value.status == 401
    assert "ek_" not in str(caught.value)


async def test_half_a_surrogate_pair_in_the_instructions_spoils_nothing(
    either: StrictService, offer: str
) -> None:
    async with provider_for(either) as provider:
        await provider.answer(offer, {**SESSION, "instructions": "Hi \ud800"})
    assert either.sessions["rtc_0"]["instructions"] == "Hi ?"


async def test_many_sessions_are_opened_at_once(openai: StrictService, offer: str) -> None:
    async with provider_for(openai) as provider:
        answers = await asyncio.gather(*(provider.answer(offer, SESSION) for _ in range(20)))
    assert {answer.call_id for answer in answers} == set(openai.sessions)
    assert len(openai.sessions) == 20


async def test_a_refusal_carries_status_code_and_the_services_own_words(
    azure: StrictService, offer: str
) -> None:
    advice = {404: "Check the deployment's name."}
    azure.model = "voice-desk"
    async with provider_for(azure, advice=advice) as provider:
        azure.model = "Voice-Desk"
        with pytest.raises(ProviderRefused) as caught:
            await provider.answer(offer, SESSION)
    assert (caught.value.status, caught.value.code) == (404, "DeploymentNotFound")
    host = azure.url.removeprefix("http://")
    assert str(caught.value) == (
        f"azure at {host} refused (HTTP 404, DeploymentNotFound): The API deployment for this resource "
        "does not exist. Check the deployment's name."
    )


async def test_no_secret_is_in_any_message_or_log(
    either: StrictService, offer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "sk-wrong-0123456789abcdef"
    either.echo_key = True
    async with provider_for(either, wrong, timeouts=Timeouts(sideband=0)) as provider:
        for refused in (
            provider.answer(offer, SESSION),
            provider.hang_up("rtc_0"),
            dialled(provider, "rtc_0"),
        ):
            with pytest.raises(ProviderRefused) as caught:
                await refused
            assert caught.value.status == 401
            assert wrong not in f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}"
            assert "You sent …" in str(caught.value)
    async with provider_for(either) as provider:
        answer = await provider.answer(offer, SESSION)
        await dialled(provider, answer.call_id)
        assert KEY not in answer.sdp
        assert KEY not in repr(vars(provider))
    # uvicorn is the far side, which lives in this process only here.
    said = "".join(str(vars(it)) for it in caplog.records if not it.name.startswith("uvicorn"))
    assert "HTTP Request: POST" in said
    for secret in (KEY, wrong, "ek_"):
        assert secret not in said


async def dialled(provider: RealtimeProvider, call_id: str) -> None:
    async with provider.sideband(call_id) as sideband:
        await sideband.send({"type": "hello"})


async def test_a_session_without_a_name_to_control_it_by_is_refused(
    openai: StrictService, offer: str
) -> None:
    openai.location = ""
    async with provider_for(openai) as provider:
        with pytest.raises(ProviderRefused, match="without a Location header"):
            await provider.answer(offer, SESSION)


async def test_the_name_of_the_session_is_the_last_segment_of_any_location(
    openai: StrictService, offer: str
) -> None:
    openai.location = "https://elsewhere.example/v1/realtime/calls/rtc_{number}/?region=eu"
    async with provider_for(openai) as provider:
        assert (await provider.answer(offer, SESSION)).call_id == "rtc_0"


async def test_nobody_at_the_address_is_unreachable(offer: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with provider_for(StrictService({KEY}, url=f"http://127.0.0.1:{port}")) as provider:
        with pytest.raises(ProviderUnreachable, match=f"openai at 127.0.0.1:{port} cannot be reached"):
            await provider.answer(offer, SESSION)


async def test_a_service_that_does_not_answer_is_given_up_on(openai: StrictService, offer: str) -> None:
    openai.quiet = True
    async with provider_for(openai, timeouts=Timeouts(answer=0.2)) as provider:
        with pytest.raises(ProviderUnreachable, match=r"did not answer within 0\.2 s"):
            await provider.answer(offer, SESSION)


async def test_hanging_up_ends_the_session_and_a_second_time_is_no_error(
    openai: StrictService, offer: str
) -> None:
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        await provider.hang_up(answer.call_id)
        assert not openai.sessions
        await provider.hang_up(answer.call_id)


async def test_closing_twice_is_no_error(openai: StrictService) -> None:
    async with provider_for(openai) as provider:
        await provider.aclose()


ABSURD = {
    "not HTTP at all": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "closed at once": b"",
    "a page": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
    "a short body": b"HTTP/1.1 201 Created\r\nContent-Length: 600\r\n\r\nv=0",
    "a redirect": b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "an empty refusal": b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
    "a list": b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n[1, null]",
    "binary": b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00\x01",
    "too much": b"HTTP/1.1 200 OK\r\n\r\n" + b"v" * (1024 * 1024 + 1),
}


@pytest.mark.parametrize("form", ["secret", "multipart"])
@pytest.mark.parametrize("reply", ABSURD.values(), ids=ABSURD)
async def test_an_absurd_answer_is_the_services_fault_and_never_a_crash(
    reply: bytes, form: str, offer: str
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        endpoint = Endpoint(f"http://{host}:{port}/v1", "m", offer_form=form)
        provider = RealtimeProvider("openai", endpoint, ApiKey(KEY))
        with pytest.raises((ProviderRefused, ProviderUnreachable), match=f"openai at {host}:{port} "):
            await provider.answer(offer, SESSION)
        await provider.aclose()
