from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jackfield_local.engine.effects import Effect, Emit
from jackfield_local.engine.shapes import Event

from .fault import Deed, Fault

EVENTS = {
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "conversation.item.added": "conversation.item.created",
}
CONTENT = {"output_text": "text", "output_audio": "audio"}


class PreviewSpellings(Fault):
    """Events and content are spelt as in the preview, as gateways in front of a service still do; there is
    `conversation.item.created`, and no `conversation.item.done`."""

    def told(self, effect: Effect) -> Sequence[Deed]:
        if not isinstance(effect, Emit):
            return [effect]
        event = effect.event
        if event["type"] == "conversation.item.done":
            return []
        kind = str(event["type"])
        spelt: Event = {**event, "type": EVENTS.get(kind, kind)}
        if isinstance(event.get("item"), dict):
            spelt["item"] = _spelt(cast(Event, event["item"]))
        if isinstance(response := event.get("response"), dict):
            output = [_spelt(item) for item in cast(list[Event], response["output"])]
            spelt["response"] = {**response, "output": output}
        return [Emit(spelt)]


def _spelt(item: Event) -> Event:
    content = item.get("content")
    if not isinstance(content, list):
        return item
    parts = [{**part, "type": CONTENT.get(part["type"], part["type"])} for part in content]
    return {**item, "content": parts}
