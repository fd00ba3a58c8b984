"""Which of a server's tools an agent may use."""

from mcp import types

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.mcp.listing import Listing, listing
from jackfield.mcp.terms import Terms
from jackfield.tools.tool import Invoke, ToolContext


def offer(name: str, schema: dict[str, object] | None = None, **more: object) -> types.Tool:
    return types.Tool.model_validate({"name": name, "inputSchema": schema or {"type": "object"}, **more})


def listed(*offered: types.Tool, **settings: object) -> Listing:
    def invoke(tool: types.Tool, terms: Terms) -> Invoke:
        def run(arguments: object, context: ToolContext) -> Json:
            return tool.name

        return run

    return listing("shop", McpServerConfig.model_validate(settings), offered, invoke)


def test_a_schema_is_passed_on_as_it_is() -> None:
    schema: dict[str, object] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"part": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]}},
        "$defs": {"Part": {"type": "string", "x-unknown": True}},
        "additionalProperties": False,
    }
    assert listed(offer("find", schema)).tools[0].parameters == schema


def test_an_object_without_properties_gets_the_empty_list_of_them_that_is_meant() -> None:
    assert listed(offer("now")).tools[0].parameters == {"type": "object", "properties": {}}


def test_hints_become_claims_and_their_absence_claims_nothing() -> None:
    tools = listed(
        offer("read", annotations={"readOnlyHint": True}),
        offer("settle", annotations={"idempotentHint": True}),
        offer("change", annotations={"destructiveHint": False}),
        offer("silent"),
    ).tools
    assert [(tool.name, tool.read_only, tool.idempotent) for tool in tools] == [
        ("shop.read", True, False),
        ("shop.settle", False, True),
        ("shop.change", False, False),
        ("shop.silent", False, False),
    ]


def test_globs_choose_and_exclude_wins() -> None:
    offered = [offer("find_part"), offer("find_secret"), offer("ask"), offer("drop")]
    result = listed(*offered, include=["find_*", "ask"], exclude=["*_secret"])
    assert [tool.name for tool in result.tools] == ["shop.find_part", "shop.ask"]
    assert result.aside == {
        "shop.find_secret": "left out by exclude: *_secret",
        "shop.drop": "not in include: find_*, ask",
    }


def test_a_tool_that_a_session_would_refuse_is_set_aside_with_the_reason_and_spoils_no_other() -> None:
    remote: dict[str, object] = {
        "type": "object",
        "properties": {"a": {"items": [{"$ref": "https://example.com/a.json"}]}},
    }
    result = listed(
        offer("task", execution={"taskSupport": "required"}),
        offer("maybe", execution={"taskSupport": "optional"}),
        offer("list", {"type": "array"}),
        offer("choice", {"type": "object", "enum": [{}]}),
        offer("wrong", {"type": "object", "properties": {"a": {"type": "strnig"}}}),
        offer("remote", remote),
        offer("fine"),
    )
    assert [tool.name for tool in result.tools] == ["shop.maybe", "shop.fine"]
    for name, word in {
        "task": "task",
        "list": "not of type object",
        "choice": "list of values",
        "wrong": "not a JSON Schema",
        "remote": "https://example.com/a.json",
    }.items():
        assert word in result.aside[f"shop.{name}"]


def test_a_name_that_is_offered_twice_is_taken_once() -> None:
    result = listed(offer("find", title="First"), offer("find", title="Second"))
    assert [tool.description for tool in result.tools] == ["First"]
