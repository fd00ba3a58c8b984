"""Policies of calls over real sockets: duplicates, retries, long results, images."""

import json
import threading
from pathlib import Path

from jackfield.calls import Image
from jackfield.notices import CallJoined, CallRetried
from tests.session.exchange import PATIENCE, Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
    calls:
      retry: 2
      tools:
        test.once: {duplicates: reject}
"""


def told(line: Line, kind: type) -> list[object]:
    return [notice for notice in line.notices if isinstance(notice, kind)]


async def test_the_same_call_twice_runs_once_and_both_are_answered(tmp_path: Path) -> None:
    release, entries = threading.Event(), []

    def order() -> str:
        """Orders a part."""
        entries.append(1)
        release.wait(PATIENCE)
        return f"order {len(entries)} is placed"

    async with a_line(tmp_path, AGENTS, order) as line:
        await line.calls("test__order", "test__order")
        await line.until(lambda line: "call_joined" in line.kinds())
        assert [(each.call_id, each.tool, each.other) for each in told(line, CallJoined)] == [
            ("call_1", "test.order", "call_0")
        ]
        release.set()
        await line.until(lambda line: len(line.outputs()) == 2)
        assert line.outputs() == {"call_0": "order 1 is placed", "call_1": "order 1 is placed"}
        assert line.kinds().count("call_finished") == 2


async def test_a_duplicate_is_rejected_where_the_file_says_so(tmp_path: Path) -> None:
    release = threading.Event()

    def once() -> str:
        """Does it."""
        release.wait(PATIENCE)
        return "done"

    async with a_line(tmp_path, AGENTS, once) as line:
        await line.calls("test__once", "test__once")
        await line.until(lambda line: "call_1" in line.outputs())
        assert '"denied"' in line.outputs()["call_1"]
        release.set()
        await line.until(lambda line: line.outputs().get("call_0") == "done")


async def test_an_accident_of_a_repeatable_tool_is_survived_and_told_to_the_watchers(tmp_path: Path) -> None:
    entries = []

    def shaky() -> str:
        """Looks it up."""
        entries.append(1)
        if len(entries) < 3:
            raise ConnectionError("password=hunter2")
        return "found it"

    async with a_line(tmp_path, AGENTS, repeatable=[shaky]) as line:
        await line.calls("test__shaky")
        await line.until(lambda line: line.outputs() == {"call_0": "found it"})
        assert [(each.attempt, each.reason) for each in told(line, CallRetried)] == [
            (2, "ConnectionError"),
            (3, "ConnectionError"),
        ]
        assert line.kinds().count("call_started") == 1


def parts() -> list[str]:
    """Lists all parts."""
    return [f"part {number}" for number in range(2_000)]


async def test_a_long_result_is_read_on_with_a_tool_that_comes_with_it(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, parts) as line:
        await line.calls("test__parts")
        await line.until(lambda line: "call_0" in line.outputs())
        update, output = line.exchange.said[:2]
        assert update["type"] == "session.update", "the tool is there before the result that speaks of it"
        assert [tool["name"] for tool in update["session"]["tools"]] == ["test__parts", "read_more"]
        *shown, note = json.loads(output["item"]["output"])
        assert len(output["item"]["output"]) <= 8 * 1024
        handle = note.split('"')[1]

        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        line.exchange.end()
        line.exchange.begin()
        arguments = json.dumps({"handle": handle, "start": len(shown)})
        line.exchange.call("more", "read_more", arguments=arguments)
        line.exchange.end()
        await line.exchange.flush()
        await line.until(lambda line: "more" in line.outputs())
        more = json.loads(line.outputs()["more"])
        assert more[0] == f"part {len(shown)}"
        assert [event["type"] for event in line.exchange.said].count("session.update") == 1
        shelves = line.session._calls._switchboard.dispatcher.shelves
        assert shelves.has(line.session.id)
    assert not shelves.has(line.session.id)


async def test_an_image_goes_to_the_model_after_the_output(tmp_path: Path) -> None:
    def photo() -> list[object]:
        """Shows the damage."""
        return ["The screen is cracked.", Image(b"png")]

    async with a_line(tmp_path, AGENTS, photo) as line:
        await line.calls("test__photo")
        await line.exchange.hears(lambda exchange: len(exchange.requests) == 1)
        items = [each["item"] for each in line.exchange.said if each["type"] == "conversation.item.create"]
        assert items[0]["output"] == "The screen is cracked.\n(an image, image/png, 3 bytes, follows)"
        assert items[1]["role"] == "user"
        assert items[1]["content"][1] == {
            "type": "input_image",
            "image_url": "data:image/png;base64,cG5n",
        }
