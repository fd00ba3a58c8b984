"""A plugin with the tools that the suite's server scenarios call; `peers.py` makes it an installed one."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from jackfield import hookimpl
from jackfield.calls import Arguments, CallPolicy, Image, Inquiry, Json
from jackfield.errors import ToolError
from jackfield.tools.answer import answer
from jackfield.tools.tool import LOOP, Tool, ToolContext

SOURCE = "suite"
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
NOTHING: Mapping[str, Json] = {"type": "object", "properties": {}}
ASKING: Mapping[str, Json] = {
    "type": "object",
    "properties": {"message": {"type": "string", "description": "What to ask."}},
    "required": ["message"],
}
PERSON: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}
NAMED: Mapping[str, Json] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
}
DEFAULTS: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    },
    "required": [],
}
PLAIN = ["option1", "option2", "option3"]
TITLED = [{"const": f"value{n}", "title": f"{word} Option"} for n, word in enumerate(("First", "Second"), 1)]
ENUMS: Mapping[str, Json] = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": PLAIN},
        "titledSingle": {"type": "string", "oneOf": TITLED},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": PLAIN}},
        "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
    },
}
ADDRESS: Mapping[str, Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
HEADER: Mapping[str, Json] = {
    "type": "object",
    "properties": {"region": {"type": "string", "x-mcp-header": "Region"}, "query": {"type": "string"}},
    "required": ["region", "query"],
}


async def said(words: str, arguments: Arguments, context: ToolContext) -> Json:
    return words


async def told(arguments: Arguments, context: ToolContext) -> Json:
    for part in ("a third", "two thirds", "all"):
        context.progress(f"{part} of it")
        await asyncio.sleep(0.01)
    return "It is done."


async def failing(arguments: Arguments, context: ToolContext) -> Json:
    raise ToolError("This tool intentionally returns an error for testing")


async def asked(schema: Mapping[str, Json], arguments: Arguments, context: ToolContext) -> Json:
    message = str(arguments.get("message") or "Please fill this in.")
    reply = await asyncio.wrap_future(context.ask(Inquiry(message, schema)))
    return f"User response: action={reply.kind}, content={dict(reply.values)}"


async def asked_twice(arguments: Arguments, context: ToolContext) -> Json:
    first = await asyncio.wrap_future(context.ask(Inquiry("Step 1: What is your name?", NAMED)))
    color = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}
    second = await asyncio.wrap_future(context.ask(Inquiry("Step 2: Your favourite colour?", color)))
    return f"{dict(first.values)} {dict(second.values)}"


async def picture(arguments: Arguments, context: ToolContext) -> Json:
    return answer([], [Image(PNG)])


Work = Callable[[Arguments, ToolContext], Awaitable[Json]]
CONFIRM: Mapping[str, Json] = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
}
TOOLS: Mapping[str, tuple[Mapping[str, Json], Work]] = {
    "test_simple_text": (NOTHING, partial(said, "This is a simple text response for testing.")),
    "test_image_content": (NOTHING, picture),
    "test_error_handling": (NOTHING, failing),
    "test_tool_with_progress": (NOTHING, told),
    "test_elicitation": (ASKING, partial(asked, PERSON)),
    "test_elicitation_sep1034_defaults": (NOTHING, partial(asked, DEFAULTS)),
    "test_elicitation_sep1330_enums": (NOTHING, partial(asked, ENUMS)),
    "json_schema_2020_12_tool": (ADDRESS, partial(said, "Hello.")),
    "test_custom_headers": (HEADER, partial(said, "Found.")),
    "test_missing_capability": (NOTHING, partial(said, "It was allowed.")),
    "test_streaming_elicitation": (NOTHING, partial(asked, NAMED)),
    "test_logging_tool": (NOTHING, partial(said, "Nothing was logged.")),
    "test_input_required_result_elicitation": (NOTHING, partial(asked, NAMED)),
    "test_input_required_result_request_state": (NOTHING, partial(asked, CONFIRM)),
    "test_input_required_result_tampered_state": (NOTHING, partial(asked, CONFIRM)),
    "test_input_required_result_capabilities": (NOTHING, partial(asked, NAMED)),
    "test_input_required_result_multi_round": (NOTHING, asked_twice),
}


class Suite:
    """The source of the tools."""

    name = SOURCE

    def tools(self) -> list[Tool]:
        return [
            Tool(f"{SOURCE}.{name}", f"{name}, for the suite.", schema, work, LOOP, SOURCE)
            for name, (schema, work) in TOOLS.items()
        ]

    def aside(self) -> Mapping[str, str]:
        return {}


@hookimpl
def register_tool_sources(register: Any) -> None:
    register(Suite(), policies={f"{SOURCE}.test_missing_capability": CallPolicy(confirm=True)})
