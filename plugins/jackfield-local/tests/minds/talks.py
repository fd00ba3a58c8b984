"""Conversations as the items that a mind reads, and a mind's response to them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from jackfield_local.minds.rules import RulesMind
from jackfield_local.speech import Call, Say, Thought

HERE = Path(__file__).parent
TOOLS: list[dict[str, object]] = json.loads((HERE / "brightside.json").read_text())
RECEPTION = "You are the receptionist of Brightside Repairs.\n\nTone: warm and plain"


def _offered(names: Iterable[str], to: str, when: str) -> list[dict[str, object]]:
    """The tools of one agent of the demo, and the way to the other."""
    way: dict[str, object] = {
        "type": "function",
        "name": f"transfer_to_{to}",
        "description": f"Transfer the caller to {to}. Use it when {when}.",
        "parameters": {"type": "object", "properties": {}},
    }
    return [*(tool for tool in TOOLS if tool["name"] in names), way]


AT_RECEPTION = _offered(
    {"clock__now", "hours__is_open", "hours__next_opening"}
    | {"tickets__find_ticket", "tickets__search_tickets", "tickets__open_ticket"},
    "workshop",
    "the caller asks about spare parts, the stock, the supplier, prices or how a repair is done",
)
IN_THE_WORKSHOP = _offered(
    {"clock__now", *(str(tool["name"]) for tool in TOOLS if str(tool["name"]).startswith("tickets__"))},
    "receptionist",
    "the caller asks for opening hours or brings something new to repair",
)

Item = dict[str, object]
Calls = list[tuple[str, dict[str, object]]]


def user(text: str) -> Item:
    return {"type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": text}]}


def agent(text: str) -> Item:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": text}]}


def system(text: str) -> Item:
    return {"type": "message", "role": "system", "content": [{"type": "input_text", "text": text}]}


def call(call_id: str, name: str, /, **arguments: object) -> Item:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": json.dumps(arguments)}


def output(call_id: str, text: str) -> Item:
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def utterances(name: str) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """What callers say, with the function calls that it leads to."""
    table = yaml.safe_load((HERE / name).read_text())
    return {text: [(tool, arguments) for tool, arguments in wanted] for text, wanted in table.items()}


async def respond(
    mind: RulesMind,
    *items: Item,
    instructions: str = RECEPTION,
    tool_choice: str | Mapping[str, object] = "auto",
    tools: Iterable[Mapping[str, object]] = TOOLS,
) -> tuple[str, Calls]:
    """What is said, and what is called."""
    answered = {item["call_id"] for item in items if item["type"] == "function_call_output"}
    pending = {str(item["call_id"]) for item in items if item["type"] == "function_call"} - answered
    thought = Thought(instructions, list(tools), tool_choice, items, frozenset(map(str, pending)))
    pieces = [piece async for piece in mind.respond(thought)]
    said = "".join(piece.text for piece in pieces if isinstance(piece, Say))
    calls = [(piece.name, dict(piece.arguments)) for piece in pieces if isinstance(piece, Call)]
    return said, calls
