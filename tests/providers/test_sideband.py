"""The control socket of a session."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.utils import accept_key

from jackfield.errors import ProviderRefused, ProviderUnreachable, SidebandLost
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts

from .conftest import KEY
from .strict_service import StrictService
from .test_realtime import SESSION, provider_for


async def test_events_go_both_ways_with_the_standing_key_and_no_model(
    either: StrictService, offer: str
) -> None:
    async with provider_for(either) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as sideband:
            events = aiter(sideband)
            assert json.loads(await anext(events)) == {"type": "session.created"}
            await sideband.send({"type": "x", "text": "Größe \ud800 🙂"})
            assert json.loads(await anext(events))["of"] == {"type": "x", "text": "Größe ? 🙂"}
    assert either.queries[-1] == f"call_id={answer.call_id}"


async def test_what_needs_no_waiting_is_sent_at_once_and_in_order(openai: StrictService, offer: str) -> None:
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as sideband:
            events = aiter(sideband)
            await anext(events)
            await sideband.send({"type": "x", "number": 0})
            assert all(sideband.send_now({"type": "x", "number": number}) for number in (1, 2))
            await sideband.send({"type": "x", "text": "Größe \ud800 🙂"})
            echoes = [json.loads(await anext(events))["of"] for _ in range(4)]
            assert [echo.get("number", echo.get("text")) for echo in echoes] == [0, 1, 2, "Größe ? 🙂"]


async def test_nothing_is_sent_at_once_on_a_socket_that_is_closed_or_full(
    openai: StrictService, offer: str
) -> None:
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as sideband:
            assert sideband.send_now({"type": "close"})
            assert [json.loads(event)["type"] async for event in sideband] == ["session.created"]
            assert not sideband.send_now({"type": "too late"})
    async with (
        deaf_service(Timeouts(goodbye=0.2)) as provider,
        provider.sideband("rtc_0") as sideband,
    ):
        assert sideband.send_now({"type": "x", "text": "y" * 16_000_000})
        assert not sideband.send_now({"type": "behind it"})


async def test_a_session_that_is_not_known_yet_is_dialled_again(openai: StrictService, offer: str) -> None:
    openai.late = 2
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id):
            assert openai.dials == 3


async def test_a_session_that_stays_unknown_is_refused_in_the_services_words(openai: StrictService) -> None:
    async with provider_for(openai, timeouts=Timeouts(sideband=0.2)) as provider:
        with pytest.raises(ProviderRefused, match="No session found for the provided call_id") as caught:
            async with provider.sideband("rtc_none"):
                pass
    assert (caught.value.status, caught.value.code) == (404, "call_id_not_found")
    assert openai.dials == 2


async def test_a_wrong_key_is_refused_without_a_second_dial(openai: StrictService) -> None:
    async with provider_for(openai, "sk-wrong") as provider:
        with pytest.raises(ProviderRefused) as caught:
            async with provider.sideband("rtc_0"):
                pass
    assert (caught.value.status, caught.value.code, openai.dials) == (401, "invalid_api_key", 1)


async def test_a_service_that_is_gone_is_unreachable(openai: StrictService) -> None:
    gone = StrictService({KEY})
    async with gone.serving():
        pass
    async with provider_for(gone, timeouts=Timeouts(sideband=0.2)) as provider:
        with pytest.raises(ProviderUnreachable, match="the sideband of openai at 127"):
            async with provider.sideband("rtc_0"):
                pass


async def test_a_goodbye_of_the_service_ends_the_events(openai: StrictService, offer: str) -> None:
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as sideband:
            await sideband.send({"type": "close"})
            assert [json.loads(event)["type"] async for event in sideband] == ["session.created"]
            with pytest.raises(SidebandLost, match="code 1000"):
                await sideband.send({"type": "too late"})


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4000])
async def test_any_other_close_is_a_loss_that_tells_the_code(
    code: int, openai: StrictService, offer: str
) -> None:
    openai.close_with = code
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as sideband:
            await sideband.send({"type": "close"})
            with pytest.raises(SidebandLost, match=f"closed the sideband: code {code}, as you wished"):
                async for _ in sideband:
                    pass
            with pytest.raises(SidebandLost, match=f"code {code}"):
                await sideband.send({"type": "too late"})


async def test_a_connection_that_breaks_is_a_loss(openai: StrictService, offer: str) -> None:
    """A proxy between us and the service cuts the wire without a word."""
    async with provider_for(openai) as opening:
        answer = await opening.answer(offer, SESSION)
    upstream_port = int(openai.url.rpartition(":")[2])
    cut = asyncio.Event()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", upstream_port)
        flows = [
            asyncio.create_task(copied(reader, far_writer)),
            asyncio.create_task(copied(far_reader, writer)),
        ]
        await cut.wait()
        for flow in flows:
            flow.cancel()
        writer.transport.abort()
        far_writer.transport.abort()

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as proxy:
        url = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/v1"
        provider = RealtimeProvider("openai", Endpoint(url, openai.model), ApiKey(KEY))
        async with provider.sideband(answer.call_id) as sideband:
            events = aiter(sideband)
            await anext(events)
            cut.set()
            with pytest.raises(SidebandLost, match="the connection broke"):
                await anext(events)
            with pytest.raises(SidebandLost, match="the connection broke"):
                await sideband.send({"type": "too late"})
        await provider.aclose()


async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def deaf_service(timeouts: Timeouts) -> AsyncIterator[RealtimeProvider]:
    """A provider whose service shakes hands, and then never reads again."""
    over = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(handshake(request))
        writer.transport.pause_reading()
        await over.wait()
        writer.transport.abort()

    async with await asyncio.start_server(deaf, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        provider = RealtimeProvider("openai", Endpoint(url, "m"), ApiKey(KEY), timeouts=timeouts)
        yield provider
        over.set()
        await provider.aclose()


async def test_a_service_that_reads_no_more_does_not_hold_up_the_sender() -> None:
    async with (
        deaf_service(Timeouts(send=0.2, goodbye=0.2)) as provider,
        provider.sideband("rtc_0") as sideband,
    ):
        with pytest.raises(SidebandLost, match=r"took no event of the sideband for 0\.2 s"):
            await sideband.send({"type": "x", "text": "y" * 16_000_000})
        with pytest.raises(SidebandLost):
            async for _ in sideband:
                pass


async def test_a_service_that_answers_no_ping_is_lost() -> None:
    async with (
        deaf_service(Timeouts(keepalive=0.1, goodbye=0.1)) as provider,
        provider.sideband("rtc_0") as sideband,
    ):
        with pytest.raises(SidebandLost, match=r"code 1011 \(by this side\), keepalive ping timeout"):
            async for _ in sideband:
                pass


def handshake(request: str) -> bytes:
    key = next(line for line in request.splitlines() if line.lower().startswith("sec-websocket-key:"))
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key.partition(':')[2].strip())}\r\n\r\n"
    ).encode()


async def test_leaving_the_sideband_is_a_goodbye_that_does_not_end_the_session(
    openai: StrictService, offer: str
) -> None:
    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id) as first:
            pass
        assert [event async for event in first] == ['{"type":"session.created"}']
        async with provider.sideband(answer.call_id) as second:
            assert json.loads(await anext(aiter(second)))["type"] == "session.created"
    assert answer.call_id in openai.sessions


async def test_a_cancelled_session_leaves_no_socket_open(openai: StrictService, offer: str) -> None:
    inside = asyncio.Event()

    async def live(provider: RealtimeProvider, call_id: str) -> None:
        async with provider.sideband(call_id) as sideband:
            inside.set()
            async for _ in sideband:
                pass

    async with provider_for(openai) as provider:
        answer = await provider.answer(offer, SESSION)
        task = asyncio.create_task(live(provider, answer.call_id))
        await asyncio.wait_for(inside.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
