"""The eleven client events, checked strictly (facts: realtime protocol 3.1)."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from .errors import Fault, invalid_value
from .item_shapes import InputItem, NewItem
from .session_shapes import CustomVoice, Format, FunctionTool, MaxTokens, Modalities, Reasoning, ToolChoice
from .shapes import Event, Shape, read

MOST_AUDIO_BASE64 = 15 * 1024 * 1024 * 4 // 3 + 4


class ClientEvent(Shape):
    event_id: str | None = None


class SessionUpdate(ClientEvent):
    """`session` is checked by `SessionSettings`, which knows what may change."""

    type: Literal["session.update"]
    session: dict[str, object]


class AudioAppend(ClientEvent):
    type: Literal["input_audio_buffer.append"]
    audio: Annotated[str, Field(max_length=MOST_AUDIO_BASE64)]


class AudioCommit(ClientEvent):
    type: Literal["input_audio_buffer.commit"]


class AudioClear(ClientEvent):
    type: Literal["input_audio_buffer.clear"]


class OutputClear(ClientEvent):
    type: Literal["output_audio_buffer.clear"]


class ItemCreate(ClientEvent):
    type: Literal["conversation.item.create"]
    item: NewItem
    previous_item_id: str | None = None


class ItemRetrieve(ClientEvent):
    type: Literal["conversation.item.retrieve"]
    item_id: str


class ItemTruncate(ClientEvent):
    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: Annotated[int, Field(ge=0)]
    audio_end_ms: Annotated[int, Field(ge=0)]


class ItemDelete(ClientEvent):
    type: Literal["conversation.item.delete"]
    item_id: str


class ResponseAudioOutput(Shape):
    format: Format | None = None
    voice: Annotated[str, Field(min_length=1, max_length=64)] | CustomVoice | None = None


class ResponseAudio(Shape):
    output: ResponseAudioOutput = ResponseAudioOutput()


MetadataKey = Annotated[str, Field(max_length=64)]
MetadataValue = Annotated[str, Field(max_length=512)]
Metadata = Annotated[dict[MetadataKey, MetadataValue], Field(max_length=16)]


class ResponseOptions(Shape):
    """What one response does differently from the session. None: as the session has it."""

    conversation: Literal["auto", "none"] = "auto"
    input: list[InputItem] | None = None
    instructions: str | None = None
    output_modalities: Modalities | None = None
    audio: ResponseAudio = ResponseAudio()
    tools: list[FunctionTool] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: MaxTokens | None = None
    reasoning: Reasoning | None = None
    metadata: Metadata | None = None
    prompt: None = None


class ResponseCreate(ClientEvent):
    type: Literal["response.create"]
    response: ResponseOptions = ResponseOptions()


class ResponseCancel(ClientEvent):
    type: Literal["response.cancel"]
    response_id: str | None = None


AnyClientEvent = (
    SessionUpdate
    | AudioAppend
    | AudioCommit
    | AudioClear
    | OutputClear
    | ItemCreate
    | ItemRetrieve
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
)
CLIENT_EVENT: TypeAdapter[AnyClientEvent] = TypeAdapter(
    Annotated[AnyClientEvent, Field(discriminator="type")]
)
CLIENT_EVENT_TYPES = (
    "session.update",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "output_audio_buffer.clear",
    "conversation.item.create",
    "conversation.item.retrieve",
    "conversation.item.truncate",
    "conversation.item.delete",
    "response.create",
    "response.cancel",
)


def decode(text: str) -> Event:
    """One message as a JSON object. Raises `Fault`."""
    try:
        event = json.loads(text)
    except ValueError:
        raise Fault("The event is not valid JSON.", code="invalid_json") from None
    if not isinstance(event, dict):
        raise Fault("The event is not a JSON object.", code="invalid_event")
    return event


def parse(event: Event) -> AnyClientEvent:
    """Raises `Fault` with the `param` that is wrong."""
    kind = event.get("type")
    if kind is None:
        raise Fault("The 'type' field is missing.", code="invalid_event", param="type")
    if kind not in CLIENT_EVENT_TYPES:
        raise invalid_value(kind, "type", CLIENT_EVENT_TYPES)
    return read(CLIENT_EVENT, event)
