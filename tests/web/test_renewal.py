"""The page changes its line while the caller goes on talking, in Chromium and with the embedded server."""

import asyncio
from pathlib import Path

from anyio import fail_after
from anyio.lowlevel import checkpoint

from jackfield.config import load
from jackfield.conversation.notices import LineChanged
from jackfield.notices import AgentSaid
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session
from tests.line import waiting
from tests.line.test_renewal import AGENTS, SCRIPT

from .chromium import ALLOWING
from .pages import browser, called, loudness, opened, served
from .relay import relayed


async def lines_until_the_answer(session: Session) -> int:
    """How often the line changes until the agent says what the tool returns, on another line."""
    changed = 0
    try:
        async with asyncio.timeout(60):
            async for notice in session.timeline():
                if isinstance(notice, LineChanged):
                    changed += 1
                    if changed == 1:
                        waiting.doors.open("Here is what you wait for, on another line.")
                if isinstance(notice, AgentSaid) and "another line" in notice.text:
                    return changed
    except TimeoutError:
        pass
    story = "\n".join(str(notice.as_dict()) for notice in session.noticed if notice.type != "agent_saying")
    raise AssertionError(f"the answer never came; instead:\n{story}")


async def test_the_page_moves_to_another_line_and_hears_the_answer_there(
    chromium_path: str, tmp_path: Path
) -> None:
    (tmp_path / "script.yaml").write_text(SCRIPT)
    (tmp_path / "agents.yaml").write_text(AGENTS.replace("SCRIPT", str(tmp_path / "script.yaml")))
    fittings = Fittings(plugins=[waiting], installed=["local"])
    async with (
        Runtime(load(tmp_path / "agents.yaml"), fittings) as runtime,
        served(runtime) as url,
        browser(chromium_path, ALLOWING) as chromium,
    ):
        page = await opened(chromium, url)
        await called(page)
        [session] = runtime.sessions.values()
        await session.say("wait for it")
        changed = await lines_until_the_answer(session)
        assert changed
        assert await loudness(page) > 0.02
        assert await page.get_attribute("body", "data-phase") == "talking"
        await page.click("#talk")
        with fail_after(10):
            while runtime.sessions:
                await checkpoint()


async def test_a_page_whose_sound_is_lost_makes_another_line_and_the_call_goes_on(
    chromium_path: str, tmp_path: Path
) -> None:
    (tmp_path / "script.yaml").write_text(SCRIPT)
    agents = AGENTS.replace("SCRIPT", str(tmp_path / "script.yaml")).replace("limit: 8s", "limit: 1h")
    (tmp_path / "agents.yaml").write_text(agents)
    async with (
        Runtime(load(tmp_path / "agents.yaml"), Fittings(installed=["local"])) as runtime,
        served(runtime) as url,
        browser(chromium_path, ALLOWING) as chromium,
        relayed() as relay,
    ):
        page = await opened(chromium, url)
        await page.route("**/agents/*/sessions", relay.dial)
        await called(page)
        [session] = runtime.sessions.values()
        async with page.expect_request("**/lines", timeout=40_000):
            relay.cut()
        with fail_after(40):
            async for notice in session.timeline():
                if isinstance(notice, LineChanged):
                    break
        await page.wait_for_selector("body[data-phase=talking]")
        await session.say("are you ready?")
        assert await loudness(page) > 0.02
        assert list(runtime.sessions) == [session.id]
