"""A model that has one tool for hundreds: it searches, is given what it found, and calls it."""

import json
from pathlib import Path

from jackfield.session.tool_search import MOST_FOUND, TOOL_SEARCH, ToolSearch
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.source import FunctionSource
from tests.session.exchange import a_line
from tests.session.test_questions import model_calls, offered

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
mcp_servers: {test: {command: unused, tool_search: true}}
agents:
  receptionist:
    tools: [test.now, test.*]
"""


def now() -> str:
    """The time."""
    return "noon"


def find_customer(who: str) -> str:
    """Look up a customer by name."""
    return f"{who} lives in Leeds"


def upload_file(path: str) -> str:
    """Send a file to the archive."""
    return f"{path} is there"


async def test_what_the_model_searches_for_it_can_call_and_what_is_named_it_always_has(
    tmp_path: Path,
) -> None:
    async with a_line(tmp_path, AGENTS, now, find_customer, upload_file) as line:
        await line.until(lambda line: TOOL_SEARCH in offered(line))
        assert set(offered(line)) == {"test__now", TOOL_SEARCH}
        assert "no tool for that" in await model_calls(line, "vain", TOOL_SEARCH, task="play the guitar")
        found = json.loads(await model_calls(line, "search", TOOL_SEARCH, task="who is this customer?"))
        assert found["found"] == {"test__find_customer": "Look up a customer by name."}
        order = [event["type"] for event in line.exchange.said]
        assert order.index("session.update") < order.index("conversation.item.create")
        assert set(offered(line)) == {"test__now", TOOL_SEARCH, "test__find_customer"}
        assert await model_calls(line, "ask", "test__find_customer", who="Ada") == "Ada lives in Leeds"
        assert "upload" not in str(offered(line))


def test_tools_named_by_a_pattern_are_hidden_where_they_are_searched_and_do_not_count() -> None:
    source = FunctionSource("test")
    for number in range(300):
        source.register(now, name=f"tool_{number}")
    selection = Catalogue([source]).choose(["test.tool_7", "test.*"], searched={"test"})
    assert list(selection.tools) == ["test__tool_7"]
    assert len(selection.hidden) == 299
    assert selection.aside == {}


def test_a_session_keeps_what_was_found_last() -> None:
    search = ToolSearch()
    source = FunctionSource("test")
    for number in range(2 * MOST_FOUND):
        source.register(now, name=f"word{chr(97 + number % 26) * 3}{number}")
    search._hidden = Catalogue([source]).choose(["*"], searched={"test"}).hidden
    for name in list(search._hidden):
        search.search(name.removeprefix("test__"))
    assert len(search._found) == MOST_FOUND
    assert search.found_more
