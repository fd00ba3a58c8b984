"""The caller gets an answer before anybody controls the session; what is said meanwhile is not lost."""

import asyncio
from pathlib import Path

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.runtime import Runtime
from tests.providers.strict_service import ANSWER, StrictService

KEY = "sk-of-the-desk-0123"
AGENTS = """
provider: desk
providers: {desk: {kind: openai, base_url: "${URL}", api_key: "${KEY}"}}
agents: {desk: {instructions: Help.}}
"""


async def test_the_sdp_answer_does_not_wait_for_the_sideband_and_words_wait_for_it(tmp_path: Path) -> None:
    async with asyncio.timeout(30), StrictService({KEY}, late=3).serving() as service:
        environ = {"URL": service.surface, "KEY": KEY}
        config = interpret(Page("agents.yaml", AGENTS), tmp_path, environ).config
        async with Runtime(config) as runtime:
            session, answer = await runtime.open_session("desk", ANSWER)
            assert (answer, service.dials) == (ANSWER, 0)
            await session.say("Hello?")
            async for notice in session.timeline():
                if notice.type == "sideband_connected":
                    break
            assert service.dials == 4
            while not any("Hello?" in str(event) for event in service.events):
                service.news.clear()
                await service.news.wait()
            await session.hang_up()
