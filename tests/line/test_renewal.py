"""A caller talks on while the sessions at the service end one after the other; over WebRTC."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jackfield.config import load
from jackfield.conversation.notices import LineChanged
from jackfield.conversation.renewal import Stand
from jackfield.media import HeadlessPeer
from jackfield.notices import (
    AgentSaid,
    AgentStoppedSpeaking,
    CallFinished,
    CallHeard,
    CallReceived,
    CallStarted,
    SessionOpened,
)
from jackfield.runtime import Runtime
from jackfield.session import Fittings
from jackfield.session.following import follow
from tests.line import waiting
from tests.line.caller import Caller

ROLLOVERS = 2

AGENTS = """
version: 1
provider: local
providers: {local: {mind: script, script: SCRIPT, limit: 8s}}
agents:
  keeper:
    greeting: Good morning.
    tools: [waiting.*]
    calls: {announce_after: never, timeout: 60s}
"""

SCRIPT = """
steps:
  - hear: wait for
    say: I wait.
    call: {name: waiting__door, arguments: {}}
  - output: waiting__door
    say: "{output}"
  - hear: ready
    say: You said {heard}
"""


@asynccontextmanager
async def a_call(
    folder: Path, agents: str = AGENTS, script: str = SCRIPT
) -> AsyncIterator[tuple[Caller, HeadlessPeer]]:
    """A caller who follows the session from line to line."""
    (folder / "script.yaml").write_text(script)
    (folder / "agents.yaml").write_text(agents.replace("SCRIPT", str(folder / "script.yaml")))
    fittings = Fittings(plugins=[waiting], installed=["local"])
    async with Runtime(load(folder / "agents.yaml"), fittings) as runtime, HeadlessPeer.start() as peer:
        session, answer = await runtime.open_session("keeper", await peer.offer())
        await peer.accept(answer)
        await peer.connected()
        following = asyncio.create_task(follow(session, peer))
        caller = Caller(peer, session)
        try:
            yield caller, peer
        finally:
            following.cancel()
            await session.hang_up()


def services() -> set[int]:
    """The embedded servers that this process has started; other tests may have one, too."""
    command = ["pgrep", "-P", str(os.getpid()), "-f", "jackfield_local serve"]
    return {int(pid) for pid in subprocess.run(command, capture_output=True, text=True).stdout.split()}


async def test_function_calls_that_are_at_work_over_every_change_of_line_are_answered_once(
    tmp_path: Path,
) -> None:
    async with a_call(tmp_path) as (caller, peer):
        for number in range(1, ROLLOVERS + 1):
            await caller.session.say(f"wait for it, {number}")
            await caller.hears(lambda caller, n=number: len(caller.all(CallStarted)) == n)
            await caller.hears(lambda caller, n=number: len(caller.all(LineChanged)) == n)
            waiting.doors.open(f"Here is number {number}.")
            await caller.hears(lambda caller, n=number: len(caller.all(CallHeard)) == n)
            await caller.hears(
                lambda caller, n=number: any(f"number {n}" in s.text for s in caller.all(AgentSaid))
            )
        report = await peer.finish(tmp_path / "heard.wav")

    assert [each.number for each in caller.all(LineChanged)] == list(range(2, ROLLOVERS + 2))
    assert len(caller.all(CallReceived)) == len(caller.all(CallFinished)) == ROLLOVERS
    said = [each.text for each in caller.all(AgentSaid)]
    assert said.count("Good morning.") == 1
    for number in range(1, ROLLOVERS + 1):
        assert sum(f"number {number}" in text for text in said) == 1, said
    # Figures are for a machine that does nothing else: python bench/rollover.py
    print(f"longest gap over {ROLLOVERS} changes of line: {report.longest_gap_ms} ms")


async def test_a_call_survives_the_death_of_the_service(tmp_path: Path) -> None:
    others = services()
    async with a_call(tmp_path, AGENTS.replace("limit: 8s", "limit: 1h")) as (caller, _):
        await caller.greeted()
        await caller.session.say("wait for it")
        await caller.hears(lambda caller: len(caller.all(CallStarted)) == 1)
        await caller.hears(lambda caller: len(caller.all(AgentStoppedSpeaking)) == 2)
        [service] = services() - others
        os.kill(service, signal.SIGKILL)
        await caller.hears(lambda caller: len(caller.all(LineChanged)) == 1)
        assert caller.session.line.renewal.stand is Stand.CURRENT
        waiting.doors.open("It was not lost.")
        await caller.hears(lambda caller: any("not lost" in said.text for said in caller.all(AgentSaid)))
        assert [said.text for said in caller.all(AgentSaid)].count("Good morning.") == 1


async def test_a_call_that_its_provider_does_not_take_begins_at_the_next_one(tmp_path: Path) -> None:
    away = "providers: {main: {kind: openai, base_url: 'http://127.0.0.1:9/v1', api_key: sk-of-the-shop-01}, "
    agents = AGENTS.replace("provider: local", "provider: main").replace("providers: {", away)
    agents = agents.replace("    greeting:", "    fallback: [local]\n    greeting:")
    async with a_call(tmp_path, agents.replace("limit: 8s", "limit: 1h")) as (caller, _):
        await caller.greeted()
        [opened] = caller.all(SessionOpened)
        assert opened.provider == "local"
        assert caller.all(LineChanged) == []
