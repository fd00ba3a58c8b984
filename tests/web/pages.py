"""A page in a real browser, and what a caller would do on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

from jackfield.web.access import Access
from jackfield.web.app import application
from jackfield.web.exchange import Exchange
from jackfield.web.serving import listening, serving

from .chromium import ALLOWING, FLAGS

WAIT_MS = 20_000


@asynccontextmanager
async def browser(path: str, *flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=path, args=[*FLAGS, *(flags or [ALLOWING])]
        )
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def served(exchange: Exchange, access: Access | None = None) -> AsyncIterator[str]:
    """The address of a face of the exchange."""
    sock = listening("127.0.0.1", 0)
    async with serving(application(exchange, access=access or Access()), sock):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


async def opened(chromium: Browser, url: str, *, width: int = 1280, dark: bool = False) -> Page:
    """The page as a caller first sees it."""
    page = await chromium.new_page(
        viewport={"width": width, "height": 860}, color_scheme="dark" if dark else "light"
    )
    page.set_default_timeout(WAIT_MS)
    await page.goto(url)
    return page


async def called(page: Page) -> None:
    """Press Talk and wait for the voices."""
    await page.click("#talk:not(:disabled)")
    await page.wait_for_selector("body[data-phase=talking]")


# Sound is measured where a caller would hear it: at the audio element, over the given seconds.
LOUDEST = """
async (seconds) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && loudest < 0.02) {
    await new Promise(requestAnimationFrame);
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length));
  }
  await context.close();
  return loudest;
}
"""


async def loudness(page: Page, seconds: float = 10) -> float:
    """The loudest moment (root mean square, 0 to 1) heard in so many seconds, or as soon as it is loud."""
    return float(await page.evaluate(LOUDEST, seconds))
