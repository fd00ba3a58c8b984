"""The checks for plugins and providers find all that is wrong, and say why it matters."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import BaseModel

import jackfield_clock
from jackfield import hookimpl
from jackfield.hookspecs import RegisterTool
from jackfield.notices import Notice
from jackfield.providers.base import Answer, SessionObject, Sideband
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts
from jackfield.testing import PLUGIN_CHECKS, PROVIDER_CHECKS, check_plugin, check_provider
from jackfield.testing.service import service


async def test_the_clock_passes_every_check_that_is_for_it() -> None:
    report = await check_plugin(
        jackfield_clock, calls=[("now", {"city": "Lima"}), ("now", {"city": "Limma"})]
    )
    assert str(report) == "plugin clock: 7 of 7 checks passed"


class Lenient(BaseModel):
    """Takes anything."""


def moody(mood: str) -> object:
    """Returns what no model can read."""
    if mood == "bad":
        raise KeyError(mood)
    return object()


class Sloppy:
    """Does most things wrong."""

    settings_model = Lenient

    @hookimpl
    def register_tools(self, register: RegisterTool) -> None:
        register(moody)
        register(lambda x: x, name="nameless")

    @hookimpl
    def notice(self, notice: Notice) -> None:
        raise RuntimeError(notice.type)


async def test_everything_that_is_wrong_with_a_plugin_is_found_at_once() -> None:
    calls = [("moody", {"mood": "good"}), ("moody", {"mood": "bad"}), ("gone", {})]
    with pytest.raises(AssertionError) as caught:
        await check_plugin(Sloppy(), settings={}, calls=calls)
    told = str(caught.value)
    for check in ("loads", "settings are checked", "parameters are described", "answers are JSON"):
        assert f"  {check}: {PLUGIN_CHECKS[check]}" in told.splitlines()
    assert re.search("moody: it raised KeyError", told)
    assert "sloppy.gone: there is no such tool" in told
    assert "session_ended: it raised RuntimeError" in told


def embedded(*, audio: bool = False) -> RealtimeProvider:
    served = service(audio=audio)
    endpoint, key = Endpoint(served.url, "rules"), ApiKey(served.key)
    return RealtimeProvider("embedded", endpoint, key, timeouts=Timeouts(sideband=0.2))


async def test_the_shared_provider_keeps_the_contract_over_sockets() -> None:
    report = await check_provider(embedded(), webrtc=False)
    assert not report.findings
    assert set(report.checks) == PROVIDER_CHECKS.keys() - WEBRTC_ONLY


async def test_the_shared_provider_keeps_the_contract_over_webrtc() -> None:
    report = await check_provider(embedded(audio=True))
    assert str(report) == f"provider embedded: {len(PROVIDER_CHECKS)} of {len(PROVIDER_CHECKS)} checks passed"


WEBRTC_ONLY = {
    "bad offers are refused",
    "offers are answered",
    "the sideband tells the session",
    "hanging up is idempotent",
}


class Negligent:
    """Forgets to say what the session is to be, and knows everybody."""

    kind = "not a word"

    def __init__(self) -> None:
        self._real = embedded()

    async def start(self) -> None:
        raise OSError("no network")

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        return Answer("", "")

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self._real.connect({"type": "realtime"}) as sideband:
            yield sideband

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with self._real.connect({"type": "realtime", "output_modalities": ["text"]}) as sideband:
            yield sideband

    async def hang_up(self, call_id: str) -> None: ...

    async def refer(self, call_id: str, address: str) -> None: ...

    async def aclose(self) -> None:
        await self._real.aclose()


async def test_a_provider_that_neglects_its_contract_is_told_every_point_of_it() -> None:
    with pytest.raises(AssertionError) as caught:
        await check_provider(Negligent(), webrtc=False)
    told = str(caught.value)
    assert "its kind is a word" in told
    assert "start: OSError: no network" in told
    assert "sideband: it was taken; raise ProviderRefused" in told
    assert "connect: session.updated does not have the instructions" in told
