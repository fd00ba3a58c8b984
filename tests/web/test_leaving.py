"""Whoever ends a call, and however: nothing of it is left, here or at the provider."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from anyio import fail_after
from playwright.async_api import Browser, Page, expect

from jackfield.config import load
from jackfield.conversation.presence import MISSED_AFTER
from jackfield.errors import ProviderRefused
from jackfield.notices import SessionEnded
from jackfield.providers.base import Answer, Provider, SessionObject, Sideband
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session
from jackfield.testing.skipping import SkippingClock

from .pages import called, opened, served

PATIENCE = 30
AGENTS = """
version: 1
provider: local
agents: {receptionist: {}}
"""


class Watched:
    """A provider, of which is known whom it has answered, and how many sidebands are open."""

    def __init__(self, provider: Provider, call_ids: list[str]) -> None:
        self._provider = provider
        self.call_ids = call_ids
        self.sidebands = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        answer = await self._provider.answer(offer, session)
        self.call_ids.append(answer.call_id)
        return answer

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self._provider.sideband(call_id) as sideband:
            self.sidebands += 1
            try:
                yield sideband
            finally:
                self.sidebands -= 1


class Shop:
    """A runtime with its face, whose sessions' clock can be put forward."""

    def __init__(self) -> None:
        self.clock = SkippingClock()
        self.provider: Watched | None = None
        self.call_ids: list[str] = []
        self.url = ""
        self.fittings = Fittings(installed=["local"], provider=self._watched, clock=lambda: self.clock)

    def _watched(self, provider: Provider, session_id: str, agent: str) -> Provider:
        self.provider = Watched(provider, self.call_ids)
        return self.provider

    async def is_left(self, session: Session) -> SessionEnded:
        """Wait for the end of the session. Nobody listens at the provider any more."""
        with fail_after(PATIENCE):
            ended = [notice async for notice in session.timeline()][-1]
        assert isinstance(ended, SessionEnded)
        assert self.provider is not None
        assert self.provider.sidebands == 0
        return ended

    async def is_forgotten(self, call_id: str) -> None:
        """The provider knows no such session. It is asked for some seconds, for it might know it soon."""
        assert self.provider is not None
        with pytest.raises(ProviderRefused):
            async with self.provider.sideband(call_id):
                pass


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    path = tmp_path_factory.mktemp("shop") / "agents.yaml"
    path.write_text(AGENTS)
    shop = Shop()
    async with Runtime(load(path), shop.fittings) as shop.runtime, served(shop.runtime) as shop.url:
        yield shop
        assert shop.call_ids
        await asyncio.gather(*map(shop.is_forgotten, shop.call_ids))


@pytest.fixture
async def page(shop: Shop, chromium: Browser) -> Page:
    """A page that is in a call, and has been heard of."""
    page = await opened(chromium, shop.url)
    async with page.expect_response("**/heartbeat"):
        await called(page)
    return page


@pytest.fixture
def session(shop: Shop, page: Page) -> Session:
    """Of the page."""
    [session] = shop.runtime.sessions.values()
    return session


async def test_a_caller_who_hangs_up_leaves_nothing_behind(shop: Shop, page: Page, session: Session) -> None:
    await page.click("#talk")
    assert (await shop.is_left(session)).reason == "The caller hung up."


async def test_a_page_that_is_left_hangs_up(shop: Shop, page: Page, session: Session) -> None:
    await page.goto("about:blank")
    assert (await shop.is_left(session)).reason == "The caller hung up."


async def test_a_page_that_is_killed_hangs_up(shop: Shop, page: Page, session: Session) -> None:
    killer = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        killing = asyncio.create_task(killer.send("Page.crash"))
    killing.cancel()  # there is nobody left to answer
    shop.clock.skip(MISSED_AFTER)  # if its line was not closed before
    assert not (await shop.is_left(session)).failed


async def test_a_page_that_is_cut_off_from_the_server_is_missed_and_hung_up_on(
    shop: Shop, page: Page, session: Session
) -> None:
    await page.context.set_offline(True)
    async with httpx.AsyncClient(base_url=shop.url, timeout=PATIENCE) as client:
        await client.get("/healthz")  # what the page has said before has been heard by now
    shop.clock.skip(MISSED_AFTER)
    assert "page" in (await shop.is_left(session)).reason


async def test_a_call_that_is_ended_from_elsewhere_ends_on_the_page(
    shop: Shop, page: Page, session: Session
) -> None:
    async with httpx.AsyncClient(base_url=shop.url, timeout=PATIENCE) as client:
        answer = await client.delete(f"/sessions/{session.id}")
    assert answer.status_code == 204
    await shop.is_left(session)
    await page.wait_for_selector("body[data-phase=ended]")
    await expect(page.locator("#transcript")).to_contain_text("The caller hung up.")
