"""The provider kind `local`: a server of its own, kept alive."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator

import pytest

from jackfield import ConfigurationError, ProviderUnreachable
from jackfield.media import HeadlessPeer
from jackfield_local import plugin
from jackfield_local.provider import LocalProvider

SESSION = {"instructions": "Be kind.", "audio": {"output": {"voice": "marin"}}}


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    provider = LocalProvider.from_settings({})
    async with asyncio.timeout(90):
        await provider.start()
        try:
            yield provider
        finally:
            await provider.aclose()


def test_the_plugin_offers_the_kind_local() -> None:
    offered = {}
    plugin.register_providers(lambda kind, make: offered.update({kind: make}))
    assert offered["local"]({}).kind == "local"


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"mind": "banana"}, "providers.local.mind"),
        ({"mind": "script"}, "providers.local.script"),
        ({"mind": "chat"}, "providers.local.chat"),
        ({"mind": "chat", "chat": {"url": "http://127.0.0.1"}}, "providers.local.chat.model"),
        ({"other": 1}, "providers.local.other"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict, place: str) -> None:
    with pytest.raises(ConfigurationError, match=place):
        LocalProvider.from_settings(settings)


def test_a_secret_is_not_on_the_command_line() -> None:
    chat = {"url": "http://127.0.0.1:1/v1", "model": "m", "api_key": "sesame"}
    provider = LocalProvider.from_settings({"mind": "chat", "chat": chat})
    assert "sesame" not in " ".join(provider._arguments)


async def open_call(provider: LocalProvider, peer: HeadlessPeer) -> str:
    answer = await provider.answer(await peer.offer(), SESSION)
    await peer.accept(answer.sdp)
    await peer.connected()
    return answer.call_id


async def open_again(provider: LocalProvider, peer: HeadlessPeer) -> None:
    """An attempt made before the death was noticed fails; the next one waits for the new server."""
    for _ in range(10):
        try:
            await open_call(provider, peer)
            return
        except ProviderUnreachable:
            continue
    raise AssertionError("the server did not come back")


async def test_a_session_is_opened_controlled_and_hung_up(provider: LocalProvider) -> None:
    async with HeadlessPeer.start() as peer:
        call_id = await open_call(provider, peer)
        async with provider.sideband(call_id) as sideband:
            events = aiter(sideband)
            assert json.loads(await anext(events))["session"]["instructions"] == "Be kind."
            await sideband.send({"type": "input_audio_buffer.clear"})
            kinds = [json.loads(await anext(events))["type"] for _ in range(2)]
            assert kinds == ["conversation.created", "input_audio_buffer.cleared"]
            await provider.hang_up(call_id)
            assert [text async for text in events] == []
        await provider.hang_up(call_id)


async def test_a_server_that_dies_is_replaced(provider: LocalProvider) -> None:
    first = provider.pid
    assert first is not None
    async with HeadlessPeer.start() as peer:
        await open_call(provider, peer)
        os.kill(first, signal.SIGKILL)
    async with HeadlessPeer.start() as another:
        await open_again(provider, another)
    assert provider.pid not in (first, None)


async def test_a_server_that_cannot_start_says_why() -> None:
    provider = LocalProvider.from_settings({"mind": "script", "script": "gone.yaml"})
    with pytest.raises(ProviderUnreachable, match=r"did not start: .*gone\.yaml"):
        await provider.start()
    await provider.aclose()
