"""A recorded session is played to today's agents, and what they do otherwise is found."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner

from jackfield.cli.replay import replay as replay_command
from jackfield.errors import ConfigurationError
from jackfield.runtime import Runtime
from jackfield.testing import Recorder, Redaction, hangs, line, raises, replay, returns, when
from jackfield.testing.agents import config_of, fitted
from jackfield.testing.embedded import EMBEDDED, RULES, Embedded
from jackfield.testing.recording import Recorded, read_recording
from jackfield.testing.service import service

AGENTS = """
agents:
  desk:
    greeting: Good day.
    instructions: |
      You are the desk.
      Never promise anything.
    tools: [shop.*]
    calls: {timeout: 20s, announce_after: 3s}
"""

OUTPUT = 'the output of shop.stock {"part": "screens"}'


def stock(part: str) -> str:
    """How many of a part there are.

    Args:
        part: Its name.
    """
    return f"There are four of {part}."


def fewer(part: str) -> str:
    """How many of a part there are.

    Args:
        part: Its name.
    """
    return f"There are three of {part}."


@pytest.fixture
async def then(tmp_path: Path) -> Recorded:
    """A call with a greeting, a question, a tool, an announcement and an answer."""
    script = [when("screens").calls("shop.stock", part="screens"), when("thanks").says("You are welcome.")]
    async with line(agents=AGENTS, tools={"shop.stock": stock}, script=script) as caller:
        await caller.says("How many screens are there? My key is sk-abcdefghijklmnop.")
        await caller.waits(100)
        await caller.says("Thanks.")
        await caller.recording(tmp_path / "call.jsonl")
    return read_recording(tmp_path / "call.jsonl")


async def test_nothing_differs_where_nothing_was_changed(then: Recorded) -> None:
    assert await replay(then, AGENTS, tools={"shop.stock": stock}) == []


async def test_a_recording_holds_no_key(then: Recorded) -> None:
    said = str([entry.value for entry in then.entries])
    assert "How many screens" in said
    assert "sk-abcdef" not in said


async def test_a_tool_that_answers_otherwise_is_found(then: Recorded) -> None:
    (found,) = await replay(then, AGENTS, tools={"shop.stock": fewer})
    assert found.subject == OUTPUT
    assert (found.recorded, found.today) == ("There are four of screens.", "There are three of screens.")
    assert await replay(then, AGENTS, tools={"shop.stock": fewer}, ignore=["shop.*"]) == []


async def test_instructions_that_were_lost_are_found_line_by_line(then: Recorded) -> None:
    today = AGENTS.replace("      Never promise anything.\n", "")
    (found,) = await replay(then, today, tools={"shop.stock": stock})
    assert found.subject == "the instructions"
    assert "    -Never promise anything." in str(found).splitlines()
    assert await replay(then, today, tools={"shop.stock": stock}, ignore=["/^Never/"]) == []


async def test_a_tool_that_is_not_offered_any_more_is_found(then: Recorded) -> None:
    found = await replay(then, AGENTS.replace("shop.*", "other.*"), tools={"shop.stock": stock})
    assert [each.subject for each in found][:1] == ["the tool shop__stock"]
    assert "there is no tool" in str(found[1]).lower() or "shop__stock" in found[1].today


async def test_a_tool_that_fails_today_is_found(then: Recorded) -> None:
    found = await replay(then, AGENTS, tools={"shop.stock": raises("The shelf is on fire.")})
    assert ["The shelf is on fire." in each.today for each in found if each.subject == OUTPUT] == [True]


async def test_a_call_that_is_not_answered_today_is_found(then: Recorded) -> None:
    found = await replay(then, AGENTS, tools={"shop.stock": hangs()}, patience=0.5)
    missing, late = (each for each in found if each.subject == OUTPUT)
    assert missing.today == late.recorded == ""
    assert "no result within 20 seconds" in late.today


async def test_what_is_no_recording_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"at": 0, "sent": {}}\nnonsense\n')
    with pytest.raises(ConfigurationError, match=r"x\.jsonl:2: this is no line of a recording: nonsense"):
        read_recording(tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl").write_text('{"at": 0, "sent": {}}\n')
    with pytest.raises(ConfigurationError, match="is no recording of a session"):
        read_recording(tmp_path / "x.jsonl")


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnop",
        "Bearer abcdefghijkl",
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "ada@example.com",
        "4111 1111 1111 1111",
        "hunter2-the-second",
        "R-1234",
    ],
)
def test_secrets_are_kept_out_wherever_they_stand(secret: str) -> None:
    redaction = Redaction(["hunter2-the-second"], [r"R-\d+"])
    cleaned = redaction.clean({"a": [{"b": f"it is {secret}, he said"}], "n": 4})
    assert cleaned == {"a": [{"b": "it is ***, he said"}], "n": 4}


def test_the_command_prints_what_differs_and_tells_it_by_its_exit_code(tmp_path: Path) -> None:
    agents = tmp_path / "agents.yaml"
    agents.write_text("version: 1\nagents: {desk: {greeting: Good day., instructions: Be kind.}}")
    asyncio.run(a_call(agents, tmp_path / "call.jsonl"))
    command = [str(tmp_path / "call.jsonl"), "--config", str(agents)]
    same = CliRunner().invoke(replay_command, command)
    assert (same.exit_code, same.output.endswith(" recorded events: no difference.\n")) == (0, True)
    agents.write_text("version: 1\nagents: {desk: {greeting: Go away., instructions: Be kind.}}")
    other = CliRunner().invoke(replay_command, command)
    assert other.exit_code == 1
    assert "what a response is to say" in other.output
    assert '    today:    Say exactly: "Go away."' in other.output.splitlines()


async def a_call(agents: Path, recording: Path) -> None:
    async with line(agents=agents) as caller:
        await caller.recording(recording)


async def test_every_session_of_a_runtime_is_recorded_in_a_file_of_its_own(tmp_path: Path) -> None:
    config = fitted(config_of(AGENTS, "desk", ()), EMBEDDED, ())
    recorder = Recorder(tmp_path / "calls", Redaction.of(config))
    served = await asyncio.to_thread(service, audio=False)
    embedded = await asyncio.to_thread(lambda: Embedded(served.url, served.key, RULES))
    fittings = dataclasses.replace(recorder.fittings(), plugins=[embedded], installed=())
    async with Runtime(config, fittings) as runtime:
        sessions = [(await runtime.connect("desk", modality="text"))[0] for _ in range(2)]
        for session in sessions:
            await session.hang_up("enough")
    for session in sessions:
        path = tmp_path / "calls" / f"{session.id}.jsonl"
        recording = read_recording(path)
        assert recording.agent == "desk"
        assert recording.entries[-1].value["reason"] == "enough"
        assert path.stat().st_mode & 0o077 == 0


async def test_a_secret_of_the_configuration_is_in_no_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "planted-in-the-environment")
    agents = """
plugins:
  till: {api_key: planted-in-the-settings}
mcp_servers:
  tickets: {command: [python], env: {TICKETS_TOKEN: planted-in-a-server}}
agents:
  desk: {instructions: Help., tools: [shop.*, tickets.*]}
"""
    secrets = ["planted-in-the-environment", "planted-in-the-settings", "planted-in-a-server"]
    stand_ins = {"shop.leak": returns(" ".join(secrets)), "tickets.find": returns("nothing")}
    script = [when("everything").calls("shop.leak")]
    async with line(agents=agents, tools=stand_ins, script=script) as caller:
        await caller.says("Tell me everything.")
        assert caller.heard(secrets[0]), "what a caller is told is the guard's matter"
        await caller.recording(tmp_path / "call.jsonl")
    kept = (tmp_path / "call.jsonl").read_text()
    assert "shop__leak" in kept
    assert not [secret for secret in secrets if secret in kept]
