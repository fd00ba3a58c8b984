"""One response: what it was asked to be, what has come of it, and the ladder of events that tells it.

in_progress -> completed, cancelled, failed, incomplete; the last four are final (facts: realtime
protocol 3.3 and 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .ids import new_id
from .items import Item
from .latency import Latency
from .shapes import Event
from .usage import Usage


class Status(StrEnum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that was settled when the response was created.

    `conversation_id` is None for one out of band. `given` are the items it reads instead of the
    conversation. `spoken` is False where the modality is text.
    """

    conversation_id: str | None
    given: Sequence[Item] | None
    instructions: str
    tools: Sequence[Event]
    tool_choice: str | Event
    spoken: bool
    voice: str
    speed: float
    output_format: Event
    max_output_tokens: int | str
    metadata: dict[str, str] | None

    @property
    def is_default(self) -> bool:
        return self.conversation_id is not None


@dataclass(slots=True)
class Response:
    """One response and its output so far."""

    plan: Plan
    id: str = field(default_factory=lambda: new_id("resp"))
    status: Status = Status.IN_PROGRESS
    details: Event | None = None
    output: list[Item] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    latency: Latency = field(default_factory=Latency)
    thinking: bool = False  # the mind has been asked
    knows: str | None = None  # the id of the last item that the mind was given, "" if it was given none

    @property
    def open_message(self) -> Item | None:
        """The message that is being said."""
        last = self.output[-1] if self.output else None
        return last if last and last.type == "message" and last.body["status"] == "in_progress" else None

    @property
    def over_limit(self) -> bool:
        limit = self.plan.max_output_tokens
        return isinstance(limit, int) and self.usage.output >= limit

    def end(self, status: Status, details: Event | None = None) -> None:
        self.status, self.details = status, details

    def wire(self) -> Event:
        """The response object, as `response.created` and `response.done` carry it."""
        done = self.status is not Status.IN_PROGRESS
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": str(self.status),
            "status_details": self.details,
            "output": [item.wire() for item in self.output] if done else [],
            "conversation_id": self.plan.conversation_id,
            "output_modalities": ["audio" if self.plan.spoken else "text"],
            "max_output_tokens": self.plan.max_output_tokens,
            "audio": {"output": {"format": self.plan.output_format, "voice": self.plan.voice}},
            "usage": self.usage.wire() if done else None,
            "metadata": self._metadata() if done else self.plan.metadata,
        }

    def _metadata(self) -> dict[str, str] | None:
        """The client's own, and our latencies as far as there is room for them."""
        merged = dict(self.plan.metadata or {})
        for key, value in self.latency.metadata().items():
            if len(merged) < MOST_METADATA:
                merged.setdefault(key, value)
        return merged or None


MOST_METADATA = 16


def new_message(spoken: bool) -> Item:
    part: Event = (
        {"type": "output_audio", "transcript": ""} if spoken else {"type": "output_text", "text": ""}
    )
    return Item(
        {
            "id": new_id("item"),
            "object": "realtime.item",
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [part],
        }
    )


def new_function_call(name: str) -> Item:
    return Item(
        {
            "id": new_id("item"),
            "object": "realtime.item",
            "type": "function_call",
            "status": "in_progress",
            "name": name,
            "call_id": new_id("call"),
            "arguments": "",
        }
    )
