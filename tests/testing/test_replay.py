"""A recorded session is played to today's agents, and what they do otherwise is found."""

from pathlib import Path

import pytest

from jackfield.errors import ConfigurationError
from jackfield.testing import Redaction, hangs, line, raises, replay, when
from jackfield.testing.recording import Recorded, read_recording

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
