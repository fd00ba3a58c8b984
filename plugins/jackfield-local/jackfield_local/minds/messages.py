"""A Realtime conversation as the messages of a chat endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jackfield_local.minds.dialogue import Item, text_of
from jackfield_local.speech import Thought

PENDING = "pending: no result yet. Do not invent one; say that you are still waiting if you are asked."

_SPOKEN = "You are speaking aloud. Use plain, short sentences without Markdown, lists or links."

Message = dict[str, object]


def tools_of(tools: Iterable[Mapping[str, object]]) -> list[Message]:
    """Function tools in the shape of the chat API."""
    keys = ("name", "description", "parameters")
    return [
        {"type": "function", "function": {key: tool[key] for key in keys if key in tool}} for tool in tools
    ]


def messages_of(thought: Thought) -> list[Message]:
    """The instructions and the items.

    A chat endpoint demands that each assistant message with function calls is followed at once by one
    tool message for each of them, so outputs are moved up to their calls, and a call without an output is
    given `PENDING`. An output that arrived after somebody spoke again is told once more at its own place,
    because there it is news.
    """
    outputs = {
        str(item.get("call_id")): str(item.get("output") or "")
        for item in thought.items
        if item.get("type") == "function_call_output" and str(item.get("call_id")) not in thought.pending
    }
    system = "\n\n".join(filter(None, [thought.instructions, _SPOKEN]))
    messages: list[Message] = [{"role": "system", "content": system}]
    for group in _groups(thought.items):
        if group[0].get("type") == "function_call":
            messages += _called(group, outputs)
        elif (message := _message(group[0])) is not None:
            messages.append(message)
    return messages + _news(thought.items, outputs)


def _groups(items: Sequence[Item]) -> list[list[Item]]:
    """Items one by one, but function calls that follow each other together."""
    groups: list[list[Item]] = []
    for item in items:
        is_call = item.get("type") == "function_call"
        if is_call and item.get("status") == "incomplete":
            continue
        if is_call and groups and groups[-1][0].get("type") == "function_call":
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _called(calls: Sequence[Item], outputs: Mapping[str, str]) -> list[Message]:
    functions = [
        {
            "id": str(call.get("call_id")),
            "type": "function",
            "function": {"name": str(call.get("name")), "arguments": str(call.get("arguments") or "{}")},
        }
        for call in calls
    ]
    answers: list[Message] = [
        {
            "role": "tool",
            "tool_call_id": str(call.get("call_id")),
            "content": outputs.get(str(call.get("call_id")), PENDING),
        }
        for call in calls
    ]
    return [{"role": "assistant", "content": None, "tool_calls": functions}, *answers]


def _message(item: Item) -> Message | None:
    text = text_of(item)
    if item.get("type") != "message" or not text:
        return None
    return {"role": str(item.get("role")), "content": text}


def _news(items: Sequence[Item], outputs: Mapping[str, str]) -> list[Message]:
    """The outputs that arrived after other messages had come between: easily overlooked further up."""
    news: list[Message] = []
    for at, item in enumerate(items):
        if item.get("type") == "message" and item.get("role") == "assistant":
            news = []
        elif item.get("type") == "function_call_output" and _is_late(items, at):
            output = outputs.get(str(item.get("call_id")), "")
            news.append(
                {"role": "system", "content": f"A result has just arrived; tell the caller: {output}"}
            )
    return news


def _is_late(items: Sequence[Item], at: int) -> bool:
    """Whether somebody spoke between the function call and its output."""
    call_id = items[at].get("call_id")
    for item in reversed(items[:at]):
        if item.get("type") == "message":
            return True
        if item.get("type") == "function_call" and item.get("call_id") == call_id:
            return False
    return False
