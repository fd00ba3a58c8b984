"""Writes the tables of docs/reference/events.md: every event of the protocol, and what becomes of it here.

    python docs/events.py

The events are those of the official client's types. A test compares the page with them and with the codec,
so an event that comes into the protocol is noticed and has to be decided about.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import Unknown

PAGE = Path(__file__).parent / "reference" / "events.md"

_AUDIO = "sound takes the media leg; only a session without WebRTC has it here"
_BUILDS_UP = "only the end of it counts: `response.output_item.done`, `response.done`"
_THEIRS = "MCP servers are Jackfield's own connections, never the service's"

PASSED_OVER: Mapping[str, str] = {
    "conversation.created": "says nothing that `session.created` does not",
    "conversation.item.deleted": "the answer to something that is asked for without waiting",
    "conversation.item.input_audio_transcription.delta": "the caller's words are told when they are whole",
    "conversation.item.input_audio_transcription.failed": "the model has heard the sound, only words lack",
    "conversation.item.input_audio_transcription.segment": "the caller's words are told when they are whole",
    "conversation.item.truncated": "follows an interruption that is known already",
    "input_audio_buffer.cleared": _AUDIO,
    "input_audio_buffer.committed": "the item that follows is what counts",
    "input_audio_buffer.timeout_triggered": "the response that follows is like any other",
    "mcp_list_tools.completed": _THEIRS,
    "mcp_list_tools.failed": _THEIRS,
    "mcp_list_tools.in_progress": _THEIRS,
    "rate_limits.updated": "a limit that is reached comes as a failed response, and that is read",
    "response.content_part.added": _BUILDS_UP,
    "response.content_part.done": _BUILDS_UP,
    "response.function_call_arguments.delta": _BUILDS_UP,
    "response.function_call_arguments.done": "starts nothing: the item may still turn out incomplete",
    "response.mcp_call.completed": _THEIRS,
    "response.mcp_call.failed": _THEIRS,
    "response.mcp_call.in_progress": _THEIRS,
    "response.mcp_call_arguments.delta": _THEIRS,
    "response.mcp_call_arguments.done": _THEIRS,
    "response.output_audio.delta": _AUDIO,
    "response.output_audio.done": _AUDIO,
}

SAID: Mapping[str, str] = {
    "conversation.item.create": "outputs, words, remarks, images, and all that a new session is told",
    "conversation.item.delete": "the oldest items, before the model's memory is full",
    "conversation.item.retrieve": "function calls that were being made when the sideband was lost",
    "conversation.item.truncate": "by a session without WebRTC, when the caller speaks",
    "input_audio_buffer.append": "by a session without WebRTC",
    "input_audio_buffer.clear": "when the caller presses the button to talk",
    "input_audio_buffer.commit": "when the caller lets go of it",
    "output_audio_buffer.clear": "when the caller presses it while the agent speaks",
    "response.cancel": "when the caller presses it while the agent speaks",
    "response.create": "when there is something to be said and the line is quiet",
    "session.update": "handoffs, tools that came or went, a changed agents.yaml",
}

NEVER_SAID: Mapping[str, str] = {}


def names(union: Any) -> list[str]:
    """The wire names of a union of events."""
    members = get_args(get_args(union)[0] if get_origin(union) is Annotated else union)
    return sorted(get_args(member.model_fields["type"].annotation)[0] for member in members)


def tables() -> dict[str, str]:
    """What stands between `<!-- NAME -->` and `<!-- /NAME -->` on the page."""
    server = [(name, _fact(name)) for name in names(RealtimeServerEvent)]
    client = [(name, SAID.get(name) or f"never: {NEVER_SAID[name]}") for name in names(RealtimeClientEvent)]
    return {
        "server": _table("event", "what becomes of it", server),
        "client": _table("event", "when it is sent", client),
    }


def _fact(name: str) -> str:
    event = decode(json.dumps({"type": name}))
    if isinstance(event, Unknown):
        return f"passed over: {PASSED_OVER[name]}"
    assert name not in PASSED_OVER, f"{name} is read by now"
    return f"read as `{type(event).__name__}`"


def _table(left: str, right: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join(
        [f"| {left} | {right} |", "| --- | --- |", *(f"| `{name}` | {text} |" for name, text in rows)]
    )


def written(page: str) -> str:
    """The page with its tables as they are to be."""
    for name, table in tables().items():
        place = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = place.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
