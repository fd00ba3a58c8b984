"""A silent caller is asked, and a long call is ended softly: aloud, over WebRTC."""

from pathlib import Path

from jackfield.config import load
from jackfield.notices import AgentSaid, AgentStoppedSpeaking, SessionEnded
from jackfield.runtime import Runtime
from jackfield.session import Fittings
from tests.line.caller import calling

AGENTS = """
version: 1
provider: local
providers: {local: {mind: script, script: SCRIPT}}
agents:
  receptionist:
    idle: {ask_after: 500ms, hang_up_after: 60s}
    max_length: {after: 8s}
"""
SCRIPT = "steps: [{hear: here, say: Then go on.}]"


async def test_a_silent_caller_is_asked_and_a_long_call_is_ended_with_a_farewell(tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text(SCRIPT)
    (tmp_path / "agents.yaml").write_text(AGENTS.replace("SCRIPT", str(tmp_path / "script.yaml")))
    async with (
        Runtime(load(tmp_path / "agents.yaml"), Fittings(installed=["local"])) as runtime,
        calling(runtime, "receptionist") as caller,
    ):
        await caller.hears(lambda caller: bool(caller.all(SessionEnded)))
        said = [notice.text for notice in caller.all(AgentSaid)]
        assert said == [
            "Are you still there?",
            "We have only a moment left.",
            "Our time is over, so I have to end this call. Goodbye.",
        ]
        assert len(caller.all(AgentStoppedSpeaking)) == len(said), "each was said to its end"
        [ended] = caller.all(SessionEnded)
        assert not ended.failed and "greatest length" in ended.reason
