"""The page, against lines that play a scene: every test calls over real WebRTC in Chromium."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error, Page, expect

from jackfield.errors import ProviderUnreachable
from jackfield.notices import (
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerSaid,
    CallerStartedSpeaking,
    SessionEnded,
)
from jackfield.web.access import Access

from .pages import browser, called, loudness, opened, served
from .recital import ANSWERED, ASKED, RecitalExchange, scene


@pytest.fixture
async def exchange() -> AsyncIterator[RecitalExchange]:
    exchange = RecitalExchange(scene(), pace=0)
    yield exchange
    await exchange.aclose()


@pytest.fixture
async def url(exchange: RecitalExchange) -> AsyncIterator[str]:
    async with served(exchange) as url:
        yield url
        await exchange.hang_up_all()


async def at_the_end_of_the_scene(page: Page) -> None:
    await called(page)
    await page.wait_for_selector("[data-call=call_5][data-stand=running]")


async def test_a_call_is_heard_and_its_timeline_shown(chromium: Browser, url: str) -> None:
    page = await opened(chromium, url)
    faults: list[Error] = []
    page.on("pageerror", lambda fault: faults.append(fault))
    await at_the_end_of_the_scene(page)
    assert await loudness(page) > 0.02
    transcript = page.locator("#transcript")
    await expect(transcript).to_contain_text(ASKED)
    await expect(transcript).to_contain_text(f"{ANSWERED}")
    await expect(transcript.locator(".turn.cut")).to_have_count(1)
    await expect(transcript).to_contain_text("answered after 0.8 s (end of turn 320 ms, recognition 64 ms")
    await expect(transcript).to_contain_text("receptionist put you through to workshop.")
    stands = {
        "call_1": "value",
        "call_2": "value",
        "call_3": "timeout",
        "call_4": "error",
        "call_5": "running",
    }
    for call, stand in stands.items():
        await expect(page.locator(f"[data-call={call}]")).to_have_attribute("data-stand", stand)
    await expect(page.locator(".lane.caller .voice")).to_have_count(3)
    await expect(page.locator(".lane.agent .voice")).to_have_count(4)
    await expect(page.locator("#latency")).to_have_text("Answers after 0.8 s")
    assert await page.locator("input:checked").get_attribute("value") == "workshop"
    assert not faults


async def test_a_running_bar_grows_while_the_call_goes_on(chromium: Browser, url: str) -> None:
    page = await opened(chromium, url)
    await at_the_end_of_the_scene(page)
    bar = page.locator("[data-call=call_5]")
    before = (await bar.bounding_box() or {})["width"]
    grown = await bar.evaluate(
        """async (bar, before) => {
          const end = performance.now() + 5000;
          while (bar.offsetWidth <= before + 2 && performance.now() < end) {
            await new Promise(requestAnimationFrame);
          }
          return bar.offsetWidth;
        }""",
        before,
    )
    assert grown > before


async def test_a_bar_opens_its_arguments_and_output_by_keyboard(chromium: Browser, url: str) -> None:
    page = await opened(chromium, url)
    await at_the_end_of_the_scene(page)
    bar = page.locator("[data-call=call_2]")
    assert await bar.get_attribute("aria-label") == "tickets.find_ticket, finished after 1.5 s. Show details."
    await bar.focus()
    await page.keyboard.press("Enter")
    details = page.locator("#details")
    await expect(details).to_contain_text('"number": 1042')
    await expect(details).to_contain_text("promised for Thursday")
    await page.keyboard.press("Escape")
    await expect(details).to_be_hidden()
    await expect(bar).to_be_focused()


async def test_the_whole_call_is_placed_and_ended_by_keyboard(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page = await opened(chromium, url)
    await page.wait_for_selector("#talk:not(:disabled)")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("body[data-phase=talking]")
    [line] = exchange.sessions.values()
    assert line.agent == "workshop"
    await page.locator("#message").fill("and what does it cost?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#transcript")).to_contain_text("You said: and what does it cost?")
    await page.locator("#talk").focus()
    await page.keyboard.press("Space")
    await page.wait_for_selector("body[data-phase=ended]")
    await expect(page.locator("#transcript")).to_contain_text("The caller hung up.")
    assert not exchange.sessions


async def test_an_agent_that_does_not_listen_by_itself_is_spoken_to_by_holding_a_button(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page = await opened(chromium, url)
    hold = page.get_by_role("button", name="Hold to speak")
    await page.get_by_role("radio", name="workshop").check(force=True)
    await called(page)
    await expect(hold).to_be_visible()
    await expect(page.locator("#mute")).to_be_hidden()
    await hold.hover()
    acts = [
        (page.mouse.down, "true"),
        (page.mouse.up, "false"),
        (partial(page.keyboard.down, "Space"), "true"),
        (partial(page.keyboard.up, "Space"), "false"),
    ]
    for act, pressed in acts:  # pressing it with the mouse has given it the focus
        async with page.expect_response(lambda answer: answer.url.endswith("/button")):
            await act()
        await expect(hold).to_have_attribute("aria-pressed", pressed)
    (line,) = exchange.sessions.values()
    assert line.held == [True, False, True, False]


async def test_a_closed_page_hangs_up(chromium: Browser, url: str, exchange: RecitalExchange) -> None:
    page = await opened(chromium, url)
    await called(page)
    [line] = exchange.sessions.values()
    await page.goto("about:blank")
    assert [notice async for notice in line.timeline() if isinstance(notice, SessionEnded)]


@pytest.mark.parametrize(("falls_silent", "gaps"), [(18.0, 0), (9.5, 1)])
async def test_what_is_typed_while_the_agent_speaks_has_no_silence_to_measure(
    chromium: Browser, url: str, exchange: RecitalExchange, falls_silent: float, gaps: int
) -> None:
    told = [
        AgentStartedSpeaking(2.0, "resp_1"),
        AgentStoppedSpeaking(falls_silent, "resp_1", interrupted=False),
        CallerSaid(10.5, "item_1", "And in Rome?"),
        AgentStartedSpeaking(18.3, "resp_2"),
    ]
    exchange.recite(sorted(told, key=lambda notice: notice.at))
    page = await opened(chromium, url)
    await called(page)
    await expect(page.locator(".lane.agent .voice")).to_have_count(2)
    await expect(page.locator(".gap")).to_have_count(gaps)


async def test_a_session_that_fails_says_why(chromium: Browser, url: str, exchange: RecitalExchange) -> None:
    page = await opened(chromium, url)
    await called(page)
    [line] = exchange.sessions.values()
    line.end("The quota of the service is used up.", failed=True)
    await expect(page.get_by_role("alert")).to_contain_text("The quota of the service is used up.")
    await expect(page.get_by_role("status")).to_have_text("The line is closed")
    await expect(page.locator("#talk-label")).to_have_text("Talk")


async def test_an_outage_of_the_provider_is_said_in_its_words(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    exchange.fault = ProviderUnreachable("azure does not answer")
    page = await opened(chromium, url)
    await page.click("#talk:not(:disabled)")
    await expect(page.get_by_role("alert")).to_contain_text("azure does not answer")


async def test_a_refused_microphone_is_explained_and_one_can_type_all_the_same(
    chromium_path: str, url: str
) -> None:
    async with browser(chromium_path, "--deny-permission-prompts") as chromium:
        page = await opened(chromium, url)
        await page.click("#talk:not(:disabled)")
        await expect(page.get_by_role("alert")).to_contain_text("The microphone was refused.")
        await page.get_by_role("button", name="Go on without a microphone").click()
        await page.wait_for_selector("body[data-phase=talking]")
        await page.locator("#message").fill("hello")
        await page.keyboard.press("Enter")
        await expect(page.locator("#transcript")).to_contain_text("You said: hello")


async def test_a_lost_event_stream_goes_on_where_it_broke(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page = await opened(chromium, url)
    await at_the_end_of_the_scene(page)
    turns = await page.locator("#transcript li").count()
    [line] = exchange.sessions.values()
    line.drop_readers()
    line.note(CallerStartedSpeaking(21.0))
    await expect(page.locator("#transcript li")).to_have_count(turns + 1)


async def test_the_token_is_asked_for_once(chromium: Browser, exchange: RecitalExchange) -> None:
    async with served(exchange, Access(token="open sesame")) as url:
        page = await opened(chromium, url)
        await page.get_by_role("textbox", name="Token").fill("wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_contain_text("not the right one")
        await page.get_by_role("textbox", name="Token").fill("open sesame")
        await page.keyboard.press("Enter")
        await called(page)
        await page.reload()
        await called(page)
        await exchange.hang_up_all()


async def test_a_signed_link_lets_in_and_hides_its_token(
    chromium: Browser, exchange: RecitalExchange
) -> None:
    async with served(exchange, Access(token="open sesame")) as url:
        for link in ["/#token=open%20sesame", "/?token=open%20sesame"]:
            page = await opened(chromium, url + link)
            await called(page)
            assert "sesame" not in page.url
        await exchange.hang_up_all()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_page_fits_its_window(
    chromium: Browser, url: str, width: int, dark: bool, tmp_path: Path
) -> None:
    page = await opened(chromium, url, width=width, dark=dark)
    await at_the_end_of_the_scene(page)
    picture = tmp_path / f"page-{width}.png"
    await page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 20_000
    assert await page.evaluate("document.documentElement.scrollWidth") == width
