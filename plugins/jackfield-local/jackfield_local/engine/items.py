"""The conversation: items in order, what clients may do to them, and which function calls are pending."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from .audio_formats import BYTES_PER_MS, Decoder, from_base64, milliseconds, to_base64
from .errors import (
    Fault,
    already_shorter,
    only_audio_can_be_truncated,
    unknown_item,
    unknown_previous_item,
    unknown_tool_call,
)
from .ids import new_id
from .item_shapes import AnyItem, FunctionCall
from .shapes import Event

AT_START = "root"
MOST_AUDIO_BYTES = 32 * 1024 * 1024  # sound kept for `retrieve`, about 11 minutes; the oldest goes first


@dataclass(slots=True)
class Item:
    """One item. `body` is its shape on the wire without sound; sound is s16le at 24 kHz.

    `understood` is what a mind is given instead of sound: what the ears made of the caller, or what the
    caller can have heard of an answer that was cut short. `knows` is the id of the last item that the
    response knew which made this one, "" if it knew of none; None for what no response made.
    """

    body: Event
    audio: bytes = b""
    audio_ms: int = 0
    understood: str | None = None
    knows: str | None = None

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def parts(self) -> list[Event]:
        return cast(list[Event], self.body.get("content", []))

    @property
    def audio_part(self) -> Event | None:
        return next((part for part in self.parts if part["type"] in {"input_audio", "output_audio"}), None)

    def wire(self) -> Event:
        return copy.deepcopy(self.body)

    def with_audio(self) -> Event:
        """As `conversation.item.retrieved` shows it."""
        body = self.wire()
        for part in cast(list[Event], body.get("content", [])):
            if part["type"] in {"input_audio", "output_audio"}:
                part["audio"] = to_base64(self.audio)
        return body

    def for_mind(self) -> Event:
        body = self.wire()
        for part in cast(list[Event], body.get("content", [])):
            if part["type"] in {"input_audio", "output_audio"} and self.understood is not None:
                part["transcript"] = self.understood
        return body

    def cut(self, audio_end_ms: int) -> None:
        """Forget what was said after `audio_end_ms`. The transcript goes, as the service does it."""
        if (part := self.audio_part) is None:
            raise only_audio_can_be_truncated()
        if audio_end_ms > self.audio_ms:
            raise already_shorter(self.audio_ms, audio_end_ms)
        said = self.understood if self.understood is not None else str(part.get("transcript") or "")
        self.understood = _beginning(said, audio_end_ms / self.audio_ms if self.audio_ms else 0.0)
        self.audio = self.audio[: audio_end_ms * BYTES_PER_MS]
        self.audio_ms = audio_end_ms
        part.pop("transcript", None)


def _beginning(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


def user_audio_item(item_id: str, pcm: bytes) -> Item:
    body: Event = {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }
    return Item(body, pcm, milliseconds(pcm))


def item_from_client(shape: AnyItem, input_format: str) -> Item:
    """An item that a client sent, with an id of ours where it has none. Raises `Fault` for bad audio."""
    body: Event = {"id": shape.id or new_id("item"), "object": "realtime.item"}
    body.update(shape.model_dump(exclude={"id", "object"}))
    if isinstance(shape, FunctionCall) and not shape.call_id:
        body["call_id"] = new_id("call")
    item = Item(body)
    for part in item.parts:
        if part["type"] == "input_audio":
            sound = from_base64(str(part.pop("audio")), "item.content.audio")
            item.audio += Decoder(input_format).decode(sound)
    item.audio_ms = milliseconds(item.audio)
    return item


class Conversation:
    """The default conversation of one session."""

    def __init__(self) -> None:
        self.id = new_id("conv")
        self._items: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def get(self, item_id: str) -> Item | None:
        return next((item for item in self._items if item.id == item_id), None)

    def previous(self, item: Item) -> str | None:
        """The id of the item before this one."""
        place = self._items.index(item)
        return self._items[place - 1].id if place else None

    @property
    def last_id(self) -> str | None:
        return self._items[-1].id if self._items else None

    def append(self, item: Item) -> None:
        self._items.append(item)
        self._forget_old_audio()

    def insert(self, item: Item, previous_item_id: str | None) -> None:
        """As `conversation.item.create` asks. Raises `Fault`; nothing changes then."""
        if self.get(item.id) is not None:
            raise Fault(
                f"Error creating item: an item with id '{item.id}' already exists.",
                code="item_create_duplicate_item_id",
                param="item.id",
            )
        if item.type == "function_call_output" and str(item.body["call_id"]) not in calls(self._items):
            raise unknown_tool_call(str(item.body["call_id"]))
        self._items.insert(self._place(previous_item_id), item)
        self._forget_old_audio()

    def _place(self, previous_item_id: str | None) -> int:
        if previous_item_id is None:
            return len(self._items)
        if previous_item_id == AT_START:
            return 0
        previous = self.get(previous_item_id)
        if previous is None:
            raise unknown_previous_item(previous_item_id)
        return self._items.index(previous) + 1

    def require(self, verb: str, item_id: str) -> Item:
        """The item a client names in order to `verb` it. Raises `Fault`."""
        item = self.get(item_id)
        if item is None:
            raise unknown_item(verb, item_id)
        return item

    def delete(self, item_id: str) -> None:
        self._items.remove(self.require("delete", item_id))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        item = self.require("truncate", item_id)
        if item.body.get("role") != "assistant" or item.audio_part is None or content_index != 0:
            raise only_audio_can_be_truncated()
        item.cut(audio_end_ms)

    @property
    def has_assistant_audio(self) -> bool:
        return any(item.audio_ms and item.body.get("role") == "assistant" for item in self._items)

    def _forget_old_audio(self) -> None:
        held = sum(len(item.audio) for item in self._items)
        for item in self._items:
            if held <= MOST_AUDIO_BYTES:
                return
            held -= len(item.audio)
            item.audio = b""


def calls(items: Iterable[Item]) -> set[str]:
    """The call ids of all function calls among some items."""
    return {str(item.body["call_id"]) for item in items if item.type == "function_call"}


def pending_calls(items: Iterable[Item]) -> frozenset[str]:
    """The completed function calls that have no output yet."""
    listed = list(items)
    called = {
        str(item.body["call_id"])
        for item in listed
        if item.type == "function_call" and item.body["status"] == "completed"
    }
    answered = {str(item.body["call_id"]) for item in listed if item.type == "function_call_output"}
    return frozenset(called - answered)
