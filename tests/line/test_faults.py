"""A service that misbehaves about a call: its control socket, its data channel, its keys, its media."""

from pathlib import Path

import pytest

from jackfield.conversation.notices import LineChanged
from jackfield.notices import AgentSaid
from jackfield.testing import fault, line, returns, when
from jackfield.testing.script import Fault
from tests.line.test_renewal import AGENTS, SCRIPT, a_call

DESK = """
agents:
  desk:
    greeting: Good day.
    tools: [shop.*]
    calls: {announce_after: never}
"""
STOCK = [when("screens").says("Let me look.").calls("shop.stock").then("I see: {output}")]


async def told(*faults: Fault) -> tuple[list[str], list[str], list[str]]:
    """A caller asks for screens, in writing, in a call over WebRTC: what the agent said, what tools returned,
    and what was noticed."""
    tools = {"shop.stock": returns("There are four.")}
    async with line(agents=DESK, tools=tools, script=STOCK, faults=faults, audio=True) as caller:
        await caller.hears("Good day")
        await caller.session.say("Any screens?")
        await caller.hears("There are four")
        await caller.until(caller.settled)
        notices = caller.notices
        outputs = [each.output for each in caller.calls.all]
        return caller.said, outputs, [each.type for each in notices]


SAID = ["Good day.", "Let me look.", "I see: There are four."]


@pytest.mark.parametrize("wrong", ["sideband_unknown", "filtered_channel", "key_expired"])
async def test_a_call_is_made_and_answered_all_the_same(wrong: Fault) -> None:
    said, outputs, noticed = await told(wrong)
    assert said == SAID
    assert outputs == ["There are four."]
    assert noticed.count("sideband_connected") == 1
    assert "trouble" not in noticed


@pytest.mark.parametrize(
    ("code", "moment"),
    [(1006, "response.function_call_arguments.done"), (1011, "response.function_call_arguments.done")],
)
async def test_a_sideband_that_drops_while_a_tool_is_called_loses_and_repeats_nothing(
    code: int, moment: str
) -> None:
    said, outputs, noticed = await told(fault("sideband_dropped", code=code, at_event=moment))
    assert outputs == ["There are four."]
    assert said == SAID
    assert noticed.count("sideband_connected") == 2
    assert noticed.count("trouble") == 1


@pytest.mark.parametrize("skip", [0, 2], ids=["greeting", "result"])
async def test_a_sideband_that_drops_as_the_agent_begins_to_speak_has_nothing_said_twice(skip: int) -> None:
    said, outputs, noticed = await told(fault("sideband_dropped", at_event="response.created", skip=skip))
    assert outputs == ["There are four."]
    assert said == SAID
    assert noticed.count("sideband_connected") == 2


async def test_a_function_call_that_came_while_the_sideband_was_away_is_made_again() -> None:
    said, outputs, noticed = await told(
        fault("sideband_dropped", at_event="response.output_item.added", skip=2)  # after two of words
    )
    assert outputs == ["There are four."]
    assert said == [*SAID[:2], *SAID[1:]]  # what it says before it calls is said again
    assert noticed.count("trouble") == 2


async def test_a_caller_whose_media_fall_silent_gets_a_new_line_and_is_answered(tmp_path: Path) -> None:
    agents = AGENTS.replace("limit: 8s", "limit: 1h")
    async with a_call(tmp_path, agents, SCRIPT + "faults: [ice_loss]\n") as (caller, _):
        await caller.hears(lambda caller: len(caller.all(LineChanged)) == 1)
        await caller.session.say("Are you ready?")
        await caller.hears(lambda caller: any("You said" in each.text for each in caller.all(AgentSaid)))
        said = [each.text for each in caller.all(AgentSaid)]
        assert said == ["Good morning.", "You said Are you ready?"]
