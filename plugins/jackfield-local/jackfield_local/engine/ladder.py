"""The order of events in which a response is told to its clients (facts: realtime protocol 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .audio_formats import Encoder, milliseconds, to_base64
from .effects import FinishPlay, Play
from .items import Conversation, Item
from .outbox import Outbox
from .playout import Playout
from .responses import Response, Status, new_function_call, new_message
from .shapes import Event
from .usage import text_tokens

DELTA_BYTES = 24_000  # of 16-bit sound in one event: half a second


class Ladder:
    """Turns what a mind and a voice produce for one response into its events.

    Items of a default response enter the conversation and are mirrored as `conversation.item.*`; those of
    one out of band are not. Sound goes into events, or to the line where there is a `playout`.
    """

    def __init__(
        self, response: Response, conversation: Conversation, outbox: Outbox, playout: Playout | None
    ) -> None:
        self.response = response
        self._conversation = conversation
        self._outbox = outbox
        self._playout = playout
        self._encoder = Encoder(str(response.plan.output_format["type"]))

    def begin(self) -> None:
        self._outbox.emit("response.created", response=self.response.wire())

    def say(self, text: str) -> None:
        item = self.response.open_message or self._open_message()
        key, delta = ("transcript", "output_audio_transcript") if self._spoken else ("text", "output_text")
        item.parts[0][key] = str(item.parts[0][key]) + text
        self.response.usage.text_out += text_tokens(text)
        self._emit(f"response.{delta}.delta", item, content_index=0, delta=text)

    def sound(self, pcm: bytes) -> None:
        """s16le at 24 kHz, more of the message that is open."""
        item = self.response.open_message or self._open_message()
        item.audio += pcm
        before, item.audio_ms = item.audio_ms, milliseconds(item.audio)
        self.response.usage.audio_out_ms += item.audio_ms - before
        if self._playout is not None:
            self._playout.queue(self.response.id, item.id)
            self._outbox.order(Play(item.id, pcm))
            return
        for start in range(0, len(pcm), DELTA_BYTES):
            delta = to_base64(self._encoder.encode(pcm[start : start + DELTA_BYTES]))
            self._emit("response.output_audio.delta", item, content_index=0, delta=delta)

    def call(self, name: str, arguments: Mapping[str, object]) -> None:
        """A whole function call; a message that is open ends before it."""
        self.end_message(Status.COMPLETED)
        item = new_function_call(name)
        self._add(item, item.wire())
        text = json.dumps(arguments, ensure_ascii=False)
        self.response.usage.text_out += text_tokens(name + text)
        call_id = item.body["call_id"]
        item.body["arguments"] = text
        self._emit("response.function_call_arguments.delta", item, call_id=call_id, delta=text)
        self._emit("response.function_call_arguments.done", item, call_id=call_id, name=name, arguments=text)
        self._finish(item, Status.COMPLETED)

    def end(self, status: Status, details: Event | None = None) -> None:
        """Close what is open, then `response.done`."""
        self.end_message(Status.COMPLETED if status is Status.COMPLETED else Status.INCOMPLETE)
        self.response.end(status, details)
        self._outbox.emit("response.done", response=self.response.wire())

    def end_message(self, status: Status) -> None:
        if (item := self.response.open_message) is None:
            return
        part = item.parts[0]
        if self._spoken:
            transcript = part["transcript"]
            self._emit("response.output_audio.done", item, content_index=0)
            self._emit("response.output_audio_transcript.done", item, content_index=0, transcript=transcript)
            done: Event = {"type": "audio", "transcript": transcript}
        else:
            self._emit("response.output_text.done", item, content_index=0, text=part["text"])
            done = {"type": "text", "text": part["text"]}
        self._emit("response.content_part.done", item, content_index=0, part=done)
        self._finish(item, status)
        if self._playout is not None and item.audio:
            self._outbox.order(FinishPlay(item.id))

    def _open_message(self) -> Item:
        item = new_message(self._spoken)
        self._add(item, {**item.wire(), "content": []})
        part: Event = {"type": "audio", "transcript": ""} if self._spoken else {"type": "text", "text": ""}
        self._emit("response.content_part.added", item, content_index=0, part=part)
        return item

    def _add(self, item: Item, shown: Event) -> None:
        item.knows = self.response.knows
        self.response.output.append(item)
        place = len(self.response.output) - 1
        self._outbox.emit(
            "response.output_item.added", response_id=self.response.id, output_index=place, item=shown
        )
        if self.response.plan.is_default:
            self._conversation.append(item)
            previous = self._conversation.previous(item)
            self._outbox.emit("conversation.item.added", previous_item_id=previous, item=shown)

    def _finish(self, item: Item, status: Status) -> None:
        item.body["status"] = str(status)
        self._outbox.emit(
            "response.output_item.done",
            response_id=self.response.id,
            output_index=self.response.output.index(item),
            item=item.wire(),
        )
        if self.response.plan.is_default and self._conversation.get(item.id) is item:
            previous = self._conversation.previous(item)
            self._outbox.emit("conversation.item.done", previous_item_id=previous, item=item.wire())

    def _emit(self, type: str, item: Item, **fields: object) -> None:  # noqa: A002
        self._outbox.emit(
            type,
            response_id=self.response.id,
            item_id=item.id,
            output_index=self.response.output.index(item),
            **fields,
        )

    @property
    def _spoken(self) -> bool:
        return self.response.plan.spoken
