"""The whole product, as a caller meets it: Chromium's microphone, the page, the runtime, the embedded
server, a plugin's tool and an MCP server's tool."""

import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anyio import fail_after
from anyio.lowlevel import checkpoint
from playwright.async_api import expect

from jackfield.config import load
from jackfield.runtime import Runtime

from .chromium import ALLOWING, speaking
from .pages import browser, called, loudness, opened, served

ROOT = Path(__file__).parents[2]
QUESTION = ROOT / "tests" / "audio" / "time-and-ticket.wav"
GREETING_SECONDS = 5  # the microphone opens before the line does; the greeting takes three seconds


@pytest.fixture
def question(tmp_path: Path) -> Path:
    """The question, asked when the greeting is over, and a silence behind it."""
    with wave.open(str(QUESTION)) as sound:
        shape, frames = sound.getparams(), sound.readframes(sound.getnframes())
    second = bytes(shape.framerate * shape.sampwidth * shape.nchannels)
    path = tmp_path / "question.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams(shape)
        sound.writeframes(second * GREETING_SECONDS + frames + second * 2)
    return path


@pytest.fixture
async def runtime() -> AsyncIterator[Runtime]:
    async with Runtime(load(ROOT / "agents.yaml")) as runtime:
        yield runtime


async def test_a_question_spoken_into_the_page_is_answered_aloud_from_two_tools(
    runtime: Runtime, chromium_path: str, question: Path, tmp_path: Path
) -> None:
    async with served(runtime) as url, browser(chromium_path, ALLOWING, speaking(question)) as chromium:
        page = await opened(chromium, url)
        await called(page)
        assert await loudness(page) > 0.02
        said = page.locator("#transcript")
        await expect(said).to_contain_text("1042", timeout=20_000)
        await expect(said.locator(".turn.agent").last).to_contain_text("ThinkPad", timeout=20_000)
        await expect(said.locator(".turn.agent").last).to_contain_text("Lima")
        for tool in ["clock.now", "tickets.find_ticket"]:
            bar = page.locator(f".bar[aria-label^='{tool}, finished']")
            await expect(bar).to_have_attribute("data-stand", "value")
        await expect(page.locator("#latency")).to_contain_text("Answers after")
        assert await loudness(page) > 0.02
        await page.screenshot(path=tmp_path / "call.png")
        await page.click("#talk")
        await page.wait_for_selector("body[data-phase=ended]")
        await expect(said).to_contain_text("The caller hung up.")
        with fail_after(5):  # the page reads of the end a moment before the runtime has forgotten the line
            while runtime.sessions:
                await checkpoint()
