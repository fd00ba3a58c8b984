"""`check_provider`: whether a provider keeps the contract that sessions rely on, at a real service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from jackfield.calls import Json
from jackfield.errors import ProviderError, ProviderRefused
from jackfield.media import HeadlessPeer
from jackfield.providers.base import Answer, Provider, SessionObject, Sideband
from jackfield.testing.conformance import Conformance

PROVIDER_CHECKS: Mapping[str, str] = {
    "it starts": "a provider that cannot start keeps the whole runtime from starting",
    "its kind is a word": "agents.yaml and every notice name it by that",
    "bad offers are refused": "a caller's broken SDP is answered, not raised about inside Jackfield",
    "offers are answered": "the caller gets SDP, and the session a name to be controlled under",
    "the sideband tells the session": "a session begins when the service describes itself",
    "unknown sessions are refused": "a control leg that waits for a session that is gone never ends",
    "a session in one socket is configured": "without that it would have the service's own instructions",
    "a session in one socket answers": "a caller without WebRTC is answered, too",
    "hanging up is idempotent": "both sides hang up, and neither may fail for it",
    "closing is idempotent": "a runtime closes what it has opened, however far it came",
}
"""Each check, and why it is made."""

WITHIN = 20.0
"""Seconds for each exchange."""

SESSION: SessionObject = {
    "type": "realtime",
    "instructions": "You are being checked. Answer in one word.",
    "tools": [],
    "tool_choice": "auto",
}


class _Checking:
    """One provider, and what is found about it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.report = Conformance(f"provider {provider.kind}", PROVIDER_CHECKS)

    @asynccontextmanager
    async def check(self, name: str, subject: str) -> AsyncIterator[None]:
        """Whatever the block raises is a finding."""
        self.report.made(name)
        try:
            async with asyncio.timeout(WITHIN):
                yield
        except TimeoutError:
            self.report.found(name, subject, f"nothing came within {WITHIN:g} s")
        except Exception as error:
            self.report.found(name, subject, f"{type(error).__name__}: {error}")

    @asynccontextmanager
    async def refused(self, name: str, subject: str) -> AsyncIterator[None]:
        """The block must raise a `ProviderError`."""
        async with self.check(name, subject):
            try:
                yield
            except ProviderError:
                return
            self.report.found(name, subject, "it was taken; raise ProviderRefused")

    async def begin(self) -> None:
        if not self.provider.kind.isidentifier():
            self.report.found("its kind is a word", "kind", f"it is {self.provider.kind!r}")
        self.report.made("its kind is a word")
        async with self.check("it starts", "start"):
            await self.provider.start()

    async def offers(self) -> None:
        async with self.refused("bad offers are refused", "answer"):
            await self.provider.answer("this is no SDP", SESSION)
        async with self.check("offers are answered", "answer"), HeadlessPeer.start() as peer:
            answer = await self.provider.answer(await peer.offer(), SESSION)
            self._check_answer(answer)
            name = "the sideband tells the session"
            async with self.check(name, "sideband"), self.provider.sideband(answer.call_id) as sideband:
                await _until(sideband, "session.created")
            async with self.check("hanging up is idempotent", "hang_up"):
                await self.provider.hang_up(answer.call_id)
                await self.provider.hang_up(answer.call_id)

    def _check_answer(self, answer: Answer) -> None:
        if not answer.sdp.startswith("v=0"):
            self.report.found("offers are answered", "answer", "its sdp does not begin with v=0")
        if not answer.call_id:
            self.report.found("offers are answered", "answer", "its call_id is empty")

    async def strangers(self) -> None:
        name = "unknown sessions are refused"
        async with self.refused(name, "sideband"), self.provider.sideband("rtc_nobody") as sideband:
            await _until(sideband, "session.created", "session.updated")

    async def socket(self) -> None:
        session = {**SESSION, "output_modalities": ["text"]}
        name = "a session in one socket is configured"
        async with self.check(name, "connect"), self.provider.connect(session) as socket:
            said = await _until(socket, "session.updated")
            echo = said.get("session")
            if not isinstance(echo, dict) or echo.get("instructions") != SESSION["instructions"]:
                self.report.found(name, "connect", "session.updated does not have the instructions")
            async with self.check("a session in one socket answers", "connect"):
                await socket.send(
                    {"type": "response.create", "response": {"instructions": 'Say exactly: "Yes."'}}
                )
                await _until(socket, "response.done")
        async with self.refused(name, "connect"), self.provider.connect({"type": "nonsense"}) as socket:
            await _until(socket, "session.updated")

    async def end(self) -> None:
        async with self.check("closing is idempotent", "aclose"):
            await self.provider.aclose()
            await self.provider.aclose()


async def _until(sideband: Sideband, *kinds: str) -> Mapping[str, Json]:
    async for raw in sideband:
        event = json.loads(raw)
        if isinstance(event, dict) and event.get("type") in kinds:
            return event
    raise ProviderRefused(f"the socket was closed before {' or '.join(kinds)}")


async def check_provider(provider: Provider, *, webrtc: bool = True) -> Conformance:
    """Check a provider that was not started, at a real service; it is closed afterwards.

    Without `webrtc`, only sessions in one WebSocket are. Raises `AssertionError` with everything that was
    found; returns what was checked otherwise.
    """
    checking = _Checking(provider)
    await checking.begin()
    try:
        if webrtc:
            await checking.offers()
        await checking.strangers()
        await checking.socket()
    finally:
        await checking.end()
    checking.report.demand()
    return checking.report
