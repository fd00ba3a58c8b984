from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from pydantic import PrivateAttr

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.shapes import Event

from .fault import Counted, Deed

CUT = ("delta", "text", "transcript", "arguments")


class IncompleteResponse(Counted):
    """A response that stops half-way: half its words, half the arguments of its function calls."""

    reason: Literal["max_output_tokens", "content_filter"] = "max_output_tokens"
    _response: str = PrivateAttr("")
    _items: set[str] = PrivateAttr(default_factory=set)

    def told(self, effect: Effect) -> Sequence[Deed]:
        return [Emit(self._cut(effect.event))] if isinstance(effect, Emit) else [effect]

    def _cut(self, event: Event) -> Event:
        kind, response = str(event["type"]), cast(Event, event.get("response") or {})
        if kind == "response.created" and self.strikes():
            self._response = str(response["id"])
        if kind == "response.done" and response["id"] == self._response:
            return {**event, "response": self._ended(response)}
        if event.get("response_id") == self._response and self._response:
            self._remember(event)
            event = {key: _half(value) if key in CUT else value for key, value in event.items()}
        if kind.endswith("item.done"):
            return {**event, "item": self._stopped(cast(Event, event["item"]))}
        return event

    def _remember(self, event: Event) -> None:
        item = event.get("item")
        if isinstance(item, dict):
            self._items.add(str(item["id"]))

    def _ended(self, response: Event) -> Event:
        details: Event = {"type": "incomplete", "reason": self.reason}
        output = [self._stopped(item) for item in cast(list[Event], response["output"])]
        return {**response, "status": "incomplete", "status_details": details, "output": output}

    def _stopped(self, item: Event) -> Event:
        if item["id"] not in self._items:
            return item
        short = {key: _half(value) if key in CUT else value for key, value in item.items()}
        content = cast(list[Event], item.get("content") or [])
        parts = [
            {key: _half(value) if key in CUT else value for key, value in part.items()} for part in content
        ]
        return {**short, "status": "incomplete", **({"content": parts} if parts else {})}


def _half(value: object) -> object:
    return value[: len(value) // 2] if isinstance(value, str) else value
