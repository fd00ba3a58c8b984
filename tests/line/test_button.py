"""An agent that does not listen by itself, over WebRTC: the caller holds a button while they speak."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.conversation.notices import SessionDiffers
from jackfield.media.headless import Said
from jackfield.notices import AgentSaid, CallerSaid, CallerStoppedSpeaking, Trouble
from jackfield.runtime import Runtime
from tests.line.caller import PATIENCE, Caller, calling

AGENTS = """
agents: {desk: {instructions: Help., turn_detection: {type: none}, tools: [clock.now]}}
"""


async def said(caller: Caller, sound: bytes) -> None:
    """Say it, and wait until it has left."""
    name = caller.peer.play(sound)
    async with asyncio.timeout(PATIENCE):
        async for event in caller.peer.events():
            if isinstance(event, Said) and event.name == name:
                return


async def test_a_turn_is_heard_and_answered_when_the_button_is_let_go(
    say: Callable[[str], bytes], tmp_path: Path
) -> None:
    config = interpret(Page("agents.yaml", AGENTS), tmp_path, {}).config
    async with Runtime(config) as runtime, calling(runtime, "desk") as caller:
        await caller.hears(lambda caller: any(each.type == "sideband_connected" for each in caller.notices))
        await said(caller, say("Nobody listens to this."))
        assert await caller.session.hold(held=True)
        await said(caller, say("What time is it in Lima, if you please?"))  # the end may be cut off
        assert await caller.session.hold(held=False)
        await caller.answered()
        assert "lima" in (heard := " ".join(each.text for each in caller.all(CallerSaid)).lower())
        assert "nobody" not in heard
        assert "lima" in " ".join(each.text for each in caller.all(AgentSaid)).lower()
        assert len(caller.all(CallerStoppedSpeaking)) == 1
        assert not caller.all(SessionDiffers) and not caller.all(Trouble)
