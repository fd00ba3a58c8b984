"""Tools about work itself: the model may ask what is running, and stop it. Offered by `work_tools: true`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jackfield.calls import Json, Outcome, OutcomeKind
from jackfield.conversation.contribution import FunctionCall
from jackfield.conversation.conversation import Conversation
from jackfield.protocol.codec import arguments_of

RUNNING = "running_work"
CANCEL = "cancel_work"

OFFERS: Sequence[Mapping[str, Json]] = (
    {
        "type": "function",
        "name": RUNNING,
        "description": "What is being worked on at this moment: each piece of work, its name and progress.",
        "parameters": {"type": "object", "properties": {}, "required": []},
    },
    {
        "type": "function",
        "name": CANCEL,
        "description": "Stop a piece of work that the caller does not want any more.",
        "parameters": {
            "type": "object",
            "properties": {"work": {"type": "string", "description": "Its name, as running_work gives it."}},
            "required": ["work"],
        },
    },
)

NAMES = frozenset({RUNNING, CANCEL})


def answer(call_id: str, name: str, arguments: str, conversation: Conversation, now: float) -> Outcome:
    """What `running_work` or `cancel_work`, called under `call_id`, is answered with."""
    others = [call for call in conversation.running if call.id != call_id]
    if name == RUNNING:
        told = [_described(call, now) for call in others]
        return Outcome(OutcomeKind.VALUE, " ".join(told) or "Nothing is being worked on.")
    wanted = str(arguments_of(arguments).get("work", ""))
    for call in others:
        if wanted in (call.id, call.title):
            conversation.cancel(call.id, "The caller does not want it any more.", now)
            return Outcome(OutcomeKind.VALUE, f"{call.title} was stopped.")
    known = ", ".join(call.title for call in others) or "nothing"
    return Outcome(OutcomeKind.ERROR, message=f"Nothing called {wanted!r} is running; there is: {known}.")


def _described(call: FunctionCall, now: float) -> str:
    progress = f", last heard of it: {call.progress}" if call.progress else ""
    return f"{call.title} ({call.id}) has been running for {now - call.received_at:.0f} seconds{progress}."
