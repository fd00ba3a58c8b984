"""What a running tool wants to know of the caller, over real sockets: from the tool's thread and back."""

import json
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from jackfield import Inquiry, ReplyKind, ToolContext, ToolError
from tests.session.exchange import PATIENCE, Line, a_line

AGENTS = """
version: 1
provider: openai
providers: {openai: {api_key: sk-test}}
agents:
  receptionist:
    tools: [test.*]
    calls:
      timeout: 20s
      tools:
        test.hurried: {answer_within: 100ms}
"""
SCHEMA = {
    "type": "object",
    "properties": {"shelf": {"type": "string", "enum": ["A", "B"]}, "count": {"type": "integer"}},
    "required": ["shelf"],
}


def count(context: ToolContext) -> str:
    """Counts what is on a shelf."""
    reply = context.ask(Inquiry("Which shelf?", SCHEMA)).result(PATIENCE)
    return f"{reply.kind}: {dict(reply.values)}"


def hurried(context: ToolContext) -> str:
    """Cannot wait for long."""
    return context.ask(Inquiry("Now?")).result(PATIENCE).kind


def fickle(context: ToolContext) -> str:
    """Takes its question back."""
    question = context.ask(Inquiry("Which shelf?", SCHEMA))
    question.cancel()
    try:
        return question.result().kind
    except CancelledError:
        return "never mind"


def offered(line: Line) -> dict[str, Any]:
    """The tools that the model has now."""
    updates = [event["session"] for event in line.exchange.said if event["type"] == "session.update"]
    return {tool["name"]: tool["parameters"] for tool in updates[-1]["tools"]} if updates else {}


async def asking(line: Line) -> str:
    """Until the caller is asked; the name of the question."""
    await line.until(lambda line: "question_asked" in line.kinds() and "answer_question" in offered(line))
    (notice,) = [each.as_dict() for each in line.notices if each.type == "question_asked"]
    return str(notice["question_id"])


async def model_calls(line: Line, call_id: str, name: str, **arguments: object) -> str:
    """The model calls a tool, when it has nothing else to say; the output."""
    while line.exchange.active:
        line.exchange.end()
    line.exchange.begin()
    line.exchange.call(call_id, name, arguments=json.dumps(arguments))
    line.exchange.end()
    await line.exchange.flush()
    await line.until(lambda line: call_id in line.outputs())
    return line.outputs()[call_id]


async def test_the_answer_is_checked_against_what_is_asked_and_reaches_the_tool(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, count) as line:
        await line.calls("test__count")
        await asking(line)
        assert offered(line)["answer_question"] == SCHEMA
        assert "has not answered" in await model_calls(line, "hasty", "answer_question", shelf="A")
        await line.session.say("On shelf B there are three.")
        wrong = await model_calls(line, "wrong", "answer_question", shelf="C")
        assert "shelf" in wrong
        assert "A" in wrong
        assert "goes on" in await model_calls(line, "right", "answer_question", shelf="B", count="3")
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.outputs()["call_0"] == "accepted: {'shelf': 'B', 'count': 3}"
        await line.until(lambda line: "answer_question" not in offered(line))


async def test_a_no_of_the_callers_reaches_the_tool(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, count) as line:
        await line.calls("test__count")
        await asking(line)
        await model_calls(line, "no", "decline_question")
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.outputs()["call_0"] == "declined: {}"
        assert "Nothing is asked" in await model_calls(line, "late", "answer_question", shelf="A")


async def test_an_answer_on_a_screen_counts_at_once_if_it_fits(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, count) as line:
        await line.calls("test__count")
        question = await asking(line)
        with pytest.raises(ToolError, match="shelf"):
            await line.session.answer(question, {"shelf": "C"})
        assert not await line.session.answer("question_99", {"shelf": "A"})
        assert await line.session.answer(question, {"shelf": "A"})
        assert not await line.session.answer(question, None)
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.outputs()["call_0"] == "accepted: {'shelf': 'A'}"


async def test_a_question_that_nobody_answers_is_declined_by_the_clock(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, hurried) as line:
        await line.calls("test__hurried")
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.outputs()["call_0"] == ReplyKind.DECLINED
        answers = [each.as_dict()["answer"] for each in line.notices if each.type == "question_answered"]
        assert answers == ["expired"]


async def test_a_question_that_is_taken_back_is_asked_no_more(tmp_path: Path) -> None:
    async with a_line(tmp_path, AGENTS, fickle) as line:
        await line.calls("test__fickle")
        await line.until(lambda line: "call_0" in line.outputs())
        assert line.outputs()["call_0"] == "never mind"
        await line.until(lambda line: "answer_question" not in offered(line))


async def test_whoever_hangs_up_leaves_no_tool_waiting_for_an_answer(tmp_path: Path) -> None:
    ends: list[str] = []

    def lasting(context: ToolContext) -> str:
        """Asks, and is told."""
        ends.append(context.ask(Inquiry("Which shelf?", SCHEMA)).result(PATIENCE).kind)
        return "over"

    async with a_line(tmp_path, AGENTS, lasting) as line:
        await line.calls("test__lasting")
        await asking(line)
    assert ends == [ReplyKind.CANCELLED]
