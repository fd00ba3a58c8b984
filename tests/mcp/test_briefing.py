"""What agents' instructions take from a server: read when it is ready, and again when it changes."""

import pytest

from jackfield.config.agents import Briefing
from jackfield.mcp.briefing import MOST_CHARACTERS
from tests.mcp.board import board, stdio

ERAS = ("legacy", "modern")
RULE = Briefing(server="asker", prompt="rule", arguments={"who": "Staff"})
HOURS = Briefing(server="asker", resource="asker://hours")
MISSING = Briefing(server="asker", prompt="none")


@pytest.mark.parametrize("era", ERAS)
async def test_prompts_and_resources_are_there_when_the_server_is(era: str) -> None:
    async with board({"asker": stdio("asker.py", mode=era)}) as line:
        assert [line.hub.brief(each) for each in (RULE, HOURS, MISSING)] == ["", "", ""], "nobody waits"
        await line.until(lambda: line.hub.brief(RULE) == "Staff: Be kind.")
        assert line.hub.brief(HOURS) == "Nine to five. Be kind."
        assert line.hub.brief(MISSING) == "", "what is not there harms nothing"


async def test_they_follow_the_changes_that_a_server_tells_of() -> None:
    async with board({"asker": stdio("asker.py")}) as line:
        line.hub.brief(RULE)
        await line.until(lambda: line.hub.brief(RULE) == "Staff: Be kind.")
        await line.call("asker.change_rule", words="x" * 2 * MOST_CHARACTERS)
        await line.until(lambda: line.hub.brief(RULE).startswith("Staff: xxx"))
        assert len(line.hub.brief(RULE)) == MOST_CHARACTERS


async def test_what_is_asked_for_later_is_read_later_and_of_no_server_never() -> None:
    async with board({"asker": stdio("asker.py")}) as line:
        await line.ready("asker")
        assert line.hub.brief(HOURS) == ""
        await line.until(lambda: line.hub.brief(HOURS) == "Nine to five. Be kind.")
        assert line.hub.brief(Briefing(server="nobody", prompt="rule")) == ""
