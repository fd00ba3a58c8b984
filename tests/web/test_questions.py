"""What needs a yes, work in the background and accidents of tools, on the page in Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error, Locator, Page, expect

from jackfield.calls import OutcomeKind
from jackfield.notices import CallFinished, ConfirmationAsked

from .pages import called, opened, served
from .recital import RecitalExchange, work
from .switchroom import Line

CLOSE = ("call_9", "tickets.close_ticket", '{"number": 1042}')


@pytest.fixture
async def exchange() -> AsyncIterator[RecitalExchange]:
    exchange = RecitalExchange([], pace=0)
    yield exchange
    await exchange.aclose()


@pytest.fixture
async def url(exchange: RecitalExchange) -> AsyncIterator[str]:
    async with served(exchange) as url:
        yield url
        await exchange.hang_up_all()


def line_of(exchange: RecitalExchange) -> Line:
    [line] = exchange.sessions.values()
    return line


def card_of(page: Page, name: str = "Close ticket") -> Locator:
    return page.get_by_role("group", name=name)


async def asked(chromium: Browser, url: str, exchange: RecitalExchange) -> tuple[Page, Line]:
    """A call on which the agent asks whether it may close a ticket."""
    page = await opened(chromium, url)
    await called(page)
    line = line_of(exchange)
    line.ask(6.0, *CLOSE)
    await expect(card_of(page)).to_be_visible()
    return page, line


async def test_what_will_be_done_is_shown_in_words_and_told_politely(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page, _ = await asked(chromium, url, exchange)
    card = card_of(page)
    await expect(card.get_by_role("heading")).to_have_text("Close ticket")
    await expect(card.get_by_role("term")).to_have_text("number")
    await expect(card.get_by_role("definition")).to_have_text("1042")
    live = page.locator("[aria-live=polite]")
    await expect(live).to_contain_text("The agent asks: Close ticket, number 1042? Say yes or no")
    await expect(card.locator(":focus")).to_have_count(0)
    bar = page.locator("[data-call=call_9]")
    await expect(bar).to_have_attribute("data-stand", "asked")
    assert "not run before you agree" in (await bar.get_attribute("aria-label") or "")


async def test_a_yes_by_keyboard_reaches_the_agent_and_the_card_goes_when_it_is_done(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page, line = await asked(chromium, url, exchange)
    card = card_of(page)
    await card.get_by_role("button", name="Yes: Close ticket, number 1042").focus()
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("You said yes.")
    await expect(card.get_by_role("button")).to_have_count(0)
    assert line.answers == [("call_9", True)]
    line.settle("call_9", "agreed")
    await expect(card).to_have_count(0)
    await expect(page.locator("#questions")).to_be_hidden()
    await expect(page.locator("#transcript")).to_contain_text("You agreed: Close ticket, number 1042.")
    await expect(page.locator("#transcript")).to_be_focused()


async def test_a_no_takes_the_card_away(chromium: Browser, url: str, exchange: RecitalExchange) -> None:
    page, line = await asked(chromium, url, exchange)
    await card_of(page).get_by_role("button", name="No: ").click()
    await expect(card_of(page)).to_have_count(0)
    assert line.answers == [("call_9", False)]
    await expect(page.locator("#transcript")).to_contain_text("You refused: Close ticket, number 1042.")


@pytest.mark.parametrize(
    ("answer", "told"),
    [("agreed", "You agreed: Close ticket"), ("expired", "Nobody has answered: Close ticket")],
)
async def test_a_question_that_is_settled_by_voice_or_time_goes(
    chromium: Browser, url: str, exchange: RecitalExchange, answer: str, told: str
) -> None:
    page, line = await asked(chromium, url, exchange)
    line.settle("call_9", answer)
    await expect(card_of(page)).to_have_count(0)
    await expect(page.locator("#transcript")).to_contain_text(told)
    assert not line.answers


async def test_a_bar_that_asked_says_so_when_it_does_not_ask_any_more(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page, line = await asked(chromium, url, exchange)
    note = page.locator("[data-call=call_9] + .note")
    await expect(note).to_have_text("asks you")
    line.settle("call_9", "agreed")
    await expect(note).to_have_text("asked you")
    await expect(page.locator("[data-call=call_9]")).to_have_attribute("data-stand", "settled")


async def test_an_answer_that_comes_too_late_says_so(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page = await opened(chromium, url)
    await called(page)
    line_of(exchange).note(ConfirmationAsked(6.0, *CLOSE))
    await card_of(page).get_by_role("button", name="Yes: ").click()
    await expect(page.get_by_role("alert")).to_contain_text("not asked any more")
    await expect(card_of(page)).to_have_count(0)


async def test_the_same_asked_again_is_one_card_and_the_end_of_the_line_takes_all_away(
    chromium: Browser, url: str, exchange: RecitalExchange
) -> None:
    page, line = await asked(chromium, url, exchange)
    line.note(ConfirmationAsked(7.0, "call_10", *CLOSE[1:]))
    line.ask(8.0, "call_11", "tickets.close_ticket", '{"number": 1043}')
    await expect(card_of(page)).to_have_count(2)
    line.end("The caller hung up.", failed=False)
    await expect(page.locator("#questions")).to_be_hidden()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("{}", []),
        ("", []),
        ("{broken", ["with", "{broken"]),
        ("[1, 2]", ["with", "1, 2"]),
        (
            '{"spare_parts": ["fan", "lid"], "urgent": true, "for": {"name": "Ada"}, "by": null}',
            ["spare parts", "fan, lid", "urgent", "yes", "for", '{"name":"Ada"}', "by", "none"],
        ),
        ('{"note": "<img src=x onerror=alert(1)>"}', ["note", "<img src=x onerror=alert(1)>"]),
    ],
)
async def test_any_arguments_are_shown_in_words(
    chromium: Browser, url: str, exchange: RecitalExchange, arguments: str, told: list[str]
) -> None:
    page = await opened(chromium, url)
    await called(page)
    line_of(exchange).ask(6.0, "call_9", "tickets.close_ticket", arguments)
    await expect(card_of(page)).to_be_visible()
    assert await card_of(page).locator("dt, dd").all_inner_texts() == told


@pytest.fixture
async def at_work(chromium: Browser, url: str, exchange: RecitalExchange) -> Page:
    page = await opened(chromium, url)
    await called(page)
    for notice in work():
        line_of(exchange).note(notice)
    await expect(card_of(page, "Add note")).to_be_visible()
    return page


async def test_work_in_the_background_has_a_bar_of_its_own(at_work: Page, exchange: RecitalExchange) -> None:
    bar = at_work.locator("[data-call=job_1]")
    await expect(bar).to_have_attribute("data-stand", "running")
    assert "tickets.ask_supplier, in the background, running" in (await bar.get_attribute("aria-label") or "")
    await expect(at_work.locator("[data-call=call_1]")).to_have_attribute("data-stand", "value")
    line_of(exchange).note(
        CallFinished(11.0, "job_1", "tickets.ask_supplier", OutcomeKind.VALUE, "They have two.", 6.8)
    )
    await expect(bar).to_have_attribute("data-stand", "value")


async def test_what_befell_a_tool_is_marked_and_told(at_work: Page) -> None:
    transcript = at_work.locator("#transcript")
    for told in [
        "clock.now blocks its event loop: 0.4 s at clock.py:31. Calls behind it move on.",
        "clock.now has blocked too often: from now on each of its calls has an event loop of its own.",
        "The agent’s tools are now: clock.now, tickets.add_note, tickets.ask_supplier.",
    ]:
        await expect(transcript).to_contain_text(told)
    await expect(at_work.locator(".lane:has([data-call=call_2]) .incident.blocked")).to_have_count(1)
    await expect(at_work.locator(".lane:has([data-call=call_3]) .incident")).to_have_count(1)
    await expect(at_work.locator(".lane:has([data-call=call_3]) .incident.joined")).to_have_count(1)
    await expect(at_work.locator(".lane:has([data-call=job_1]) .incident.again")).to_have_count(1)
    await at_work.locator("[data-call=job_1]").click()
    await expect(at_work.locator("#details")).to_contain_text("1.2 s: try 2 (connection lost)")


async def test_a_transfer_shows_whom_to_call(at_work: Page) -> None:
    link = at_work.get_by_role("link", name="+442079460958")
    assert await link.get_attribute("href") == "tel:+442079460958"
    await expect(at_work.locator("#transcript")).to_contain_text("You are to be passed on to manager.")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_an_open_question_fits_the_window_and_is_in_sight(
    chromium: Browser, url: str, exchange: RecitalExchange, width: int, dark: bool, tmp_path: Path
) -> None:
    page = await opened(chromium, url, width=width, dark=dark)
    faults: list[Error] = []
    page.on("pageerror", lambda fault: faults.append(fault))
    await called(page)
    for notice in work():
        line_of(exchange).note(notice)
    await page.locator("#transcript").scroll_into_view_if_needed()
    await expect(card_of(page, "Add note").get_by_role("button", name="Yes: ")).to_be_in_viewport(ratio=1)
    await page.screenshot(path=tmp_path / f"question-{width}.png")
    await page.set_viewport_size({"width": width, "height": 600})
    await expect(card_of(page, "Add note").get_by_role("button", name="Yes: ")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#hang-up")).to_be_in_viewport(ratio=1)
    await page.screenshot(path=tmp_path / f"question-{width}-low.png")
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert not faults
