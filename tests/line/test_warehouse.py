"""What a voice makes of an MCP server that asks, takes its time and shows, with a scripted model.

Callers type; the server, a process, is that of mcp_servers/warehouse.
"""

from collections.abc import AsyncIterator, Callable

import pytest

from jackfield.config import load
from jackfield.notices import (
    AgentSaid,
    CallFinished,
    CallProgressed,
    QuestionAnswered,
    QuestionAsked,
)
from jackfield.runtime import Runtime
from tests.line.caller import Caller, calling

AGENTS = """
version: 1
provider: local
providers: {local: {mind: script, script: SCRIPT}}
mcp_servers:
  warehouse: {command: [python, -m, jackfield_warehouse, --seconds-per-item, "0"]}
agents:
  storekeeper:
    instructions: You keep the store.
    briefing:
      - {server: warehouse, prompt: store_rules, arguments: {shop: Brightside Repairs}}
      - {server: warehouse, resource: "warehouse://deliveries"}
    tools: [warehouse.*]
    calls:
      announce_after: never
  hurried:
    instructions: You keep the store, in a hurry.
    tools: [warehouse.*]
    calls: {answer_within: 500ms, announce_after: never}
"""

SCRIPT = """
steps:
  - {output: warehouse__take_stock, say: The shelf is counted.}
  - {output: answer_question, say: Thank you.}
  - {output: warehouse__correct_stock, say: That is settled.}
  - {output: warehouse__show_label, say: This is the label.}
  - {output: warehouse__next_delivery, say: Let me read the list.}
  - {output: read_resource, say: I have read the list.}
  - {hear: count, call: {name: warehouse__take_stock}}
  - {hear: see, call: {name: answer_question, arguments: {shelf: C}}}
  - {hear: correct, call: {name: warehouse__correct_stock, arguments: {name: laserjet roller, count: 8}}}
  - {hear: label, call: {name: warehouse__show_label, arguments: {name: pixel battery}}}
  - {hear: delivery, call: {name: warehouse__next_delivery}}
  - {hear: list, call: {name: read_resource, arguments: {uri: "warehouse://deliveries"}}}
otherwise: {say: The store wants to know something.}
"""


@pytest.fixture(scope="module")
async def runtime(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runtime]:
    folder = tmp_path_factory.mktemp("warehouse")
    (folder / "script.yaml").write_text(SCRIPT)
    (folder / "agents.yaml").write_text(AGENTS.replace("SCRIPT", str(folder / "script.yaml")))
    async with Runtime(load(folder / "agents.yaml")) as runtime:
        await runtime.servers_met()
        yield runtime


def said(text: str) -> Callable[[Caller], bool]:
    return lambda caller: any(text in notice.text for notice in caller.all(AgentSaid))


def asked(caller: Caller) -> bool:
    return bool(caller.all(QuestionAsked)) and said("wants to know something")(caller)


def outputs(caller: Caller) -> dict[str, str]:
    return {notice.tool: notice.output for notice in caller.all(CallFinished)}


async def test_a_server_asks_the_caller_and_goes_on_with_the_answer(runtime: Runtime) -> None:
    async with calling(runtime, "storekeeper") as caller:
        await caller.session.say("Please count.")
        await caller.hears(asked)
        (question,) = caller.all(QuestionAsked)
        assert (question.tool, question.text) == (
            "warehouse.take_stock",
            "Which shelf is to be counted, A, B or C?",
        )
        assert not caller.all(CallFinished), "the call waits for the caller"
        await caller.session.say("See.")
        await caller.hears(said("The shelf is counted."))
        assert [notice.answer for notice in caller.all(QuestionAnswered)] == ["accepted"]
        assert "there are 8" in outputs(caller)["warehouse.take_stock"]
        assert "3 of 4: Nintendo Switch stick." in [each.text for each in caller.all(CallProgressed)]


async def test_a_question_is_answered_on_a_screen_too(runtime: Runtime) -> None:
    async with calling(runtime, "storekeeper") as caller:
        await caller.session.say("Please correct it.")
        await caller.hears(asked)
        (question,) = caller.all(QuestionAsked)
        assert await caller.session.answer(question.question_id, {"agree": True})
        await caller.hears(said("That is settled."))
        assert outputs(caller)["warehouse.correct_stock"] == "The books now say 8 of the HP LaserJet roller."


async def test_answer_within(runtime: Runtime) -> None:
    async with calling(runtime, "hurried") as caller:
        await caller.session.say("Please count.")
        await caller.hears(said("The shelf is counted."))
        assert [notice.answer for notice in caller.all(QuestionAnswered)] == ["expired"]
        assert outputs(caller)["warehouse.take_stock"].startswith("Nothing was counted")


async def test_a_prompt_and_a_resource_of_a_server_are_part_of_the_instructions(runtime: Runtime) -> None:
    async with calling(runtime, "storekeeper") as caller:
        await caller.session.say("Show the label.")
        await caller.hears(said("This is the label."))
        told = caller.session.persona.instructions
        assert told.startswith("You keep the store.\n\nYou keep the store of Brightside Repairs.")
        assert told.endswith("Friday: twelve HP LaserJet rollers, from Printworks.")


async def test_what_a_result_links_to_can_be_read(runtime: Runtime) -> None:
    async with calling(runtime, "storekeeper") as caller:
        await caller.session.say("The next delivery?")
        await caller.hears(said("Let me read the list."))
        assert "read_resource" in caller.session.persona.tools
        await caller.session.say("Read me the list.")
        await caller.hears(said("I have read the list."))
        assert "Friday: twelve HP LaserJet rollers" in outputs(caller)["read_resource"]


async def test_a_picture_of_a_server_is_shown_to_the_model(runtime: Runtime) -> None:
    async with calling(runtime, "storekeeper") as caller:
        await caller.session.say("Show the label.")
        await caller.hears(said("This is the label."))
        assert "(an image, image/png" in outputs(caller)["warehouse.show_label"]
