"""Both services' forms against the embedded server, which is one process with a key of its own."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.conversation.notices import SessionDiffers
from jackfield.errors import ProviderRefused
from jackfield.providers import azure, openai
from jackfield.providers.azure_identity import SCOPES, Entra
from jackfield.providers.base import Provider, Sideband
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts
from jackfield.runtime import Runtime
from jackfield.session import Session

from .conftest import KEY
from .test_credential import CountingSource

SESSION = {"type": "realtime", "instructions": "Answer in one sentence."}
MODEL = "gpt-realtime"


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    """Its address, without a path. It ends when its standard input ends."""
    command = [sys.executable, "-m", "jackfield_local", "serve", "--port", "0", "--key", KEY, "--parent-pipe"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"]).removesuffix("/v1")
        process.stdin.close()
        assert process.wait(10) == 0


class OneGoodToken(CountingSource):
    """Of both scopes only `good` gives a token that the server accepts."""

    def __init__(self, good: str) -> None:
        super().__init__()
        self.good = good

    async def get_token(self, *scopes: str, **options: object) -> AccessToken:
        refused = await super().get_token(*scopes)
        return AccessToken(KEY, 2_000_000_000) if scopes == (self.good,) else refused


async def live(provider: Provider, offer: str) -> None:
    """Open a session, change its instructions over the sideband, hang up."""
    await provider.start()
    try:
        answer = await provider.answer(offer, SESSION)
        assert answer.sdp.startswith("v=0")
        assert answer.call_id.startswith("rtc_")
        assert KEY not in answer.sdp
        async with asyncio.timeout(20), provider.sideband(answer.call_id) as sideband:
            assert (await heard(sideband, "session.created"))["instructions"] == SESSION["instructions"]
            briefer = {"type": "realtime", "instructions": "Be brief."}
            await sideband.send({"type": "session.update", "session": briefer})
            assert (await heard(sideband, "session.updated"))["instructions"] == "Be brief."
            await provider.hang_up(answer.call_id)
            async for _ in sideband:
                pass  # and ends in good order
        await provider.hang_up(answer.call_id)
    finally:
        await provider.aclose()


async def heard(sideband: Sideband, kind: str) -> dict[str, object]:
    """The session in the next event of this type."""
    async for text in sideband:
        event = json.loads(text)
        if event["type"] == kind:
            return event["session"]
    raise AssertionError(f"the sideband ended before {kind}")


async def test_azure_with_a_key(embedded: str, offer: str) -> None:
    await live(azure.make({"endpoint": embedded, "deployment": MODEL, "api_key": KEY}), offer)


async def test_azure_with_the_webrtc_filter(embedded: str, offer: str) -> None:
    settings = {"endpoint": embedded, "deployment": MODEL, "api_key": KEY, "webrtcfilter": True}
    await live(azure.make(settings), offer)


async def test_openai(embedded: str, offer: str) -> None:
    await live(openai.make({"base_url": f"{embedded}/v1", "model": MODEL, "api_key": KEY}), offer)


@pytest.mark.parametrize("good", SCOPES)
async def test_azure_with_a_token_for_either_scope_and_a_fresh_one_for_every_dial(
    good: str, embedded: str, offer: str
) -> None:
    source = OneGoodToken(good)
    endpoint = Endpoint(f"{embedded}/openai/v1", MODEL, offer_form="secret")
    await live(RealtimeProvider("azure", endpoint, Entra(source)), offer)
    refused = [] if good == SCOPES[0] else [SCOPES[0]]
    assert source.asked == [*refused, good, good, good, good]  # opening, sideband, hanging up twice


@pytest.mark.parametrize("kind", ["azure", "openai"])
async def test_a_wrong_key_is_refused_and_told_nowhere(
    kind: str, embedded: str, offer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "sk-wrong-0123456789abcdef"
    provider = {
        "azure": lambda: azure.make({"endpoint": embedded, "deployment": MODEL, "api_key": wrong}),
        "openai": lambda: openai.make({"base_url": f"{embedded}/v1", "model": MODEL, "api_key": wrong}),
    }[kind]()
    with pytest.raises(ProviderRefused, match=r"refused \(HTTP 401.*Check ") as caught:
        await provider.answer(offer, SESSION)
    with pytest.raises(ProviderRefused, match="HTTP 401"):
        async with provider.sideband("rtc_0"):
            pass
    await provider.aclose()
    said = "".join(str(vars(record)) for record in caplog.records)
    assert wrong not in f"{said} {caught.value!r} {caught.value.__cause__!r}"


async def test_a_session_that_is_not_there_has_no_sideband(embedded: str) -> None:
    impatient = Timeouts(sideband=0)
    provider = RealtimeProvider("openai", Endpoint(f"{embedded}/v1", MODEL), ApiKey(KEY), timeouts=impatient)
    with pytest.raises(ProviderRefused, match="No session found") as caught:
        async with provider.sideband("rtc_nobody"):
            pass
    assert (caught.value.status, caught.value.code) == (404, "call_id_not_found")
    await provider.aclose()


async def test_an_offer_that_is_no_sdp_is_refused_in_the_servers_words(embedded: str) -> None:
    provider = openai.make({"base_url": f"{embedded}/v1", "model": MODEL, "api_key": KEY})
    with pytest.raises(ProviderRefused, match="HTTP 400"):
        await provider.answer("hello", SESSION)
    await provider.aclose()


AGENTS = """
provider: desk
providers: {desk: {kind: openai, base_url: "BASE/v1", model: gpt-realtime-2.1, api_key: KEY}}
agents:
  desk:
    voice: cedar
    speed: 1.2
    turn_detection: {type: semantic_vad, eagerness: high}
    transcription: {model: gpt-transcribe, languages: [en, es], keywords: [Brightside]}
    noise_reduction: {type: far_field, strength: 0.5}
    truncation: {type: retention_ratio, retention_ratio: 0.7}
    max_output_tokens: 1000
    reasoning: low
    parallel_tool_calls: true
    tracing: auto
    include: [item.input_audio_transcription.logprobs]
"""


async def test_a_session_with_every_option_is_as_it_was_asked_for_until_somebody_changes_it(
    embedded: str, offer: str
) -> None:
    text = AGENTS.replace("BASE", embedded).replace("KEY", KEY)
    config = interpret(Page("agents.yaml", text), Path(), {}).config
    other = openai.make({"base_url": f"{embedded}/v1", "model": MODEL, "api_key": KEY})
    async with asyncio.timeout(30), Runtime(config) as runtime:
        session, _ = await runtime.open_session("desk", offer)
        await noticed(session, "sideband_connected")
        call_id = session.line._legs.current.call_id
        async with other.sideband(call_id) as page:  # as a browser could, over its data channel
            await heard(page, "session.created")
            for instructions in ("One.", "Two."):
                vad = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
                await page.send({"type": "session.update", "session": {**vad, "instructions": instructions}})
        await noticed(session, "session_differs")
        await session.hang_up()
        await other.aclose()
        told = [notice async for notice in session.timeline() if isinstance(notice, SessionDiffers)]
    field = "audio.input.turn_detection.type"
    assert [(each.field, each.asked, each.given) for each in told] == [(field, "semantic_vad", "server_vad")]


async def noticed(session: Session, kind: str) -> None:
    async for notice in session.timeline():
        if notice.type == kind:
            return
    raise AssertionError(f"the session ended without {kind}")
