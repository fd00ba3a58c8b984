"""What we say to the Realtime service. `as_dict` gives the JSON of the GA protocol."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jackfield.calls import Image, Json

WireObject = dict[str, Json]

LONGEST_ID = 32
"""Characters of an item's id (§3.1)."""

REQUEST = "jackfield_request"
"""The metadata key under which a response carries the `event_id` of the request it answers."""


@dataclass(frozen=True, slots=True)
class SessionUpdate:
    """Change the fields that `session` names; `type` is added, without it the service refuses (§2)."""

    session: Mapping[str, Json]
    event_id: str = ""

    def as_dict(self) -> WireObject:
        return _event("session.update", self.event_id, session={"type": "realtime", **self.session})


@dataclass(frozen=True, slots=True)
class CallOutput:
    """The output of a function call. Legal at any time, and starts no response by itself (§6.3). Its item
    has a name, so that the service knows it again when it is sent twice."""

    call_id: str
    output: str
    event_id: str = ""

    def as_dict(self) -> WireObject:
        item_id = f"out_{self.call_id}"[-LONGEST_ID:]  # from the end: there the call ids differ
        item = {
            "id": item_id,
            "type": "function_call_output",
            "call_id": self.call_id,
            "output": self.output,
        }
        return _event("conversation.item.create", self.event_id, item=item)


@dataclass(frozen=True, slots=True)
class CallItem:
    """A function call that the model has made in another session: its output is, or will be, beside it."""

    item_id: str
    call_id: str
    name: str
    arguments: str
    event_id: str = ""

    def as_dict(self) -> WireObject:
        item = {
            "id": self.item_id[:LONGEST_ID],
            "type": "function_call",
            "call_id": self.call_id,
            "name": self.name,
            "arguments": self.arguments,
        }
        return _event("conversation.item.create", self.event_id, item=item)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: of the caller (`user`), a remark of ours (`system`), or something that the agent has said
    in another session (`assistant`). Images are for the model to look at, and only a user's message may
    have them (§6.11)."""

    item_id: str
    role: str
    text: str
    event_id: str = ""
    images: Sequence[Image] = ()
    previous_id: str = ""

    def as_dict(self) -> WireObject:
        kind = "output_text" if self.role == "assistant" else "input_text"
        content = [{"type": kind, "text": self.text}, *map(_input_image, self.images)]
        item = {"id": self.item_id, "type": "message", "role": self.role, "content": content}
        place: WireObject = {"previous_item_id": self.previous_id} if self.previous_id else {}
        return _event("conversation.item.create", self.event_id, item=item, **place)


@dataclass(frozen=True, slots=True)
class ItemDelete:
    """Take an item out of the conversation."""

    item_id: str
    event_id: str = ""

    def as_dict(self) -> WireObject:
        return _event("conversation.item.delete", self.event_id, item_id=self.item_id)


@dataclass(frozen=True, slots=True)
class ItemRetrieve:
    """Ask for the whole of an item."""

    item_id: str
    event_id: str = ""

    def as_dict(self) -> WireObject:
        return _event("conversation.item.retrieve", self.event_id, item_id=self.item_id)


@dataclass(frozen=True, slots=True)
class ResponseCreate:
    """Ask for a response. `instructions` replace the session's for this response only (§3.3).

    The service echoes a response's metadata; that is how `response.created` tells whose it is (§4.5).
    """

    event_id: str
    instructions: str = ""
    tool_choice: str = ""

    def as_dict(self) -> WireObject:
        options = {"instructions": self.instructions, "tool_choice": self.tool_choice}
        given: WireObject = {name: value for name, value in options.items() if value}
        given["metadata"] = {REQUEST: self.event_id}
        return _event("response.create", self.event_id, response=given)


@dataclass(frozen=True, slots=True)
class Control:
    """An event that has nothing to say but its name: what is in the buffers of sound is the caller's turn
    (`commit`) or nothing (`clear`), and the agent is to be silent (§3.1)."""

    kind: Literal[
        "input_audio_buffer.clear",
        "input_audio_buffer.commit",
        "output_audio_buffer.clear",
        "response.cancel",
    ]
    event_id: str = ""

    def as_dict(self) -> WireObject:
        return _event(self.kind, self.event_id)


ClientEvent = (
    Control | SessionUpdate | CallItem | CallOutput | ItemDelete | ItemRetrieve | Message | ResponseCreate
)


def _input_image(image: Image) -> WireObject:
    url = f"data:{image.media_type};base64,{b64encode(image.data).decode()}"
    return {"type": "input_image", "image_url": url}


def _event(name: str, event_id: str, **fields: Json) -> WireObject:
    return {"type": name, **({"event_id": event_id} if event_id else {}), **fields}
