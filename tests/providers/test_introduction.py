"""A session that lives in one WebSocket is what it was asked to be, or it is not opened."""

import json

import pytest

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts

from .conftest import KEY
from .strict_service import StrictService
from .test_realtime import SESSION, provider_for


async def test_the_session_is_described_first_and_whoever_comes_reads_what_it_became(
    either: StrictService,
) -> None:
    async with provider_for(either) as provider, provider.connect(SESSION) as socket:
        kinds = [json.loads(raw)["type"] async for raw in socket]
    assert kinds == ["session.updated"]
    (update,) = either.events
    assert isinstance(update, dict)
    assert update["type"] == "session.update"
    assert update["session"] == {"type": "realtime", **SESSION}
    assert either.queries[-1] == f"model={either.model}"


async def test_a_key_that_has_expired_is_told_after_the_handshake(openai: StrictService) -> None:
    openai.expired = True
    async with provider_for(openai) as provider:
        with pytest.raises(
            ProviderRefused, match=r"does not take the session: The token expired\."
        ) as caught:
            async with provider.connect(SESSION):
                pass
    assert caught.value.code == "token_expired"


async def test_a_model_that_is_not_there_and_a_key_that_is_wrong_are_refused(openai: StrictService) -> None:
    for model, key in (("gpt-nothing", KEY), (openai.model, "sk-wrong-key-0123")):
        provider = RealtimeProvider("openai", Endpoint(openai.surface, model), ApiKey(key))
        with pytest.raises(ProviderRefused):
            async with provider.connect(SESSION):
                pass
        await provider.aclose()


async def test_a_service_that_confirms_nothing_is_given_up(openai: StrictService) -> None:
    openai.quiet = True
    endpoint = Endpoint(openai.surface, openai.model)
    provider = RealtimeProvider("openai", endpoint, ApiKey(KEY), timeouts=Timeouts(answer=0.3))
    with pytest.raises(ProviderUnreachable, match=r"did not confirm the session within 0\.3 s"):
        async with provider.connect(SESSION):
            pass
    await provider.aclose()
