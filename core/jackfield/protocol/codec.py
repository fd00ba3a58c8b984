"""From the wire's JSON to events: the only place that knows the wire's field names.

A table maps wire names to readers. Readers are tolerant, as the service is not one service: fields come
and go, preview names live on at gateways (§3.4), and `status_details` has been seen as a plain string.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import cast

from pydantic_core import from_json

from jackfield.calls import Json
from jackfield.protocol.client_events import REQUEST
from jackfield.protocol.server_events import (
    CallerTranscribed,
    ErrorReported,
    Item,
    ItemAdded,
    ItemBegun,
    ItemDone,
    ItemRetrieved,
    KeyReceived,
    PlaybackStarted,
    PlaybackStopped,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionDescribed,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    TranscriptDone,
    Unknown,
)
from jackfield.protocol.usage import Usage

Wire = Mapping[str, Json]

_CALLED = "response.output_item.done"


def decode(raw: str | bytes) -> ServerEvent:
    """Read one event. Never raises: what cannot be read is `Unknown`."""
    try:
        event = _read(raw)
    except (ValueError, RecursionError):
        return Unknown("")
    if not isinstance(event, dict):
        return Unknown("")
    name = _text(event, "type")
    reader = _READERS.get(name)
    return reader(event) if reader else Unknown(name)


def may_call(raw: str) -> bool:
    """Whether this event may be a function call that is to be run: a look, before it is read."""
    return _CALLED in raw


def arguments_of(raw: str) -> Wire:
    """A function call's arguments; empty where they are no JSON object."""
    try:
        value = _read(raw or "{}")
    except (ValueError, RecursionError):
        return {}
    return cast(Wire, value) if isinstance(value, dict) else {}


def _read(raw: str | bytes) -> Json:
    try:
        value: Json = from_json(raw, cache_strings="keys")
    except (ValueError, TypeError):
        value = json.loads(raw)  # which takes half characters, and more depth
    return value


def _text(wire: Wire, name: str) -> str:
    value = wire.get(name)
    return value if isinstance(value, str) else ""


def _object(wire: Wire, name: str) -> Wire:
    value = wire.get(name)
    return cast(Wire, value) if isinstance(value, dict) else {}


def _objects(wire: Wire, name: str) -> list[Wire]:
    value = wire.get(name)
    return (
        [cast(Wire, entry) for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    )


_NAMES_OF_AN_ITEM = ("id", "type", "role", "status", "call_id", "name", "arguments")


def _item(wire: Wire) -> Item:
    # Every function call comes through here, and a call of `_text` for each would take most of the time.
    told = [value if isinstance(value := wire.get(name), str) else "" for name in _NAMES_OF_AN_ITEM]
    item_id, kind, role, status, call_id, name, arguments = told
    text = _words(wire) if "content" in wire else _text(wire, "output")
    return Item(item_id, kind, role, status, call_id, name, arguments, text)


def _words(item: Wire) -> str:
    parts = (_text(part, "text") or _text(part, "transcript") for part in _objects(item, "content"))
    return " ".join(filter(None, parts)) or _text(item, "output")


def _out_of_band(response: Wire) -> bool:
    # §4.5: null says out-of-band; a field that is not there says nothing.
    return "conversation_id" in response and response["conversation_id"] is None


def _response_created(event: Wire) -> ServerEvent:
    response = _object(event, "response")
    request_id = _text(_object(response, "metadata"), REQUEST)
    return ResponseCreated(_text(response, "id"), _out_of_band(response), request_id)


def _response_done(event: Wire) -> ServerEvent:
    response = _object(event, "response")
    details = _object(response, "status_details")
    error = _object(details, "error")
    metadata = _object(response, "metadata")
    outputs = (_item(wire) for wire in _objects(response, "output"))
    return ResponseDone(
        response_id=_text(response, "id"),
        status=_text(response, "status") or "completed",
        reason=_text(details, "reason") or _text(response, "status_details"),
        code=_text(error, "code") or _text(error, "type"),
        message=_text(error, "message"),
        out_of_band=_out_of_band(response),
        metadata={key: value for key, value in metadata.items() if isinstance(value, str)},
        calls=tuple(item for item in outputs if item.type == "function_call"),
        usage=_usage(_object(response, "usage")) if _object(response, "usage") else None,
    )


def _usage(usage: Wire) -> Usage:
    taken, made = _object(usage, "input_token_details"), _object(usage, "output_token_details")
    cached = _object(taken, "cached_tokens_details")
    text_cached, audio_cached = _count(cached, "text_tokens"), _count(cached, "audio_tokens")
    return Usage(
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        text_in=max(0, _count(taken, "text_tokens") - text_cached),
        text_cached=text_cached,
        text_out=_count(made, "text_tokens"),
        audio_in=max(0, _count(taken, "audio_tokens") - audio_cached),
        audio_cached=audio_cached,
        audio_out=_count(made, "audio_tokens"),
        image_in=_count(taken, "image_tokens"),
    )


def _count(wire: Wire, name: str) -> int:
    value = wire.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def _error(event: Wire) -> ServerEvent:
    error = _object(event, "error") or event
    code = _text(error, "code") or _text(error, "type")
    return ErrorReported(code, _text(error, "message"), _text(error, "event_id"))


_READERS: dict[str, Callable[[Wire], ServerEvent]] = {
    "session.created": lambda e: SessionDescribed(_object(e, "session"), updated=False),
    "session.updated": lambda e: SessionDescribed(_object(e, "session"), updated=True),
    "input_audio_buffer.speech_started": lambda e: SpeechStarted(_text(e, "item_id")),
    "input_audio_buffer.speech_stopped": lambda e: SpeechStopped(_text(e, "item_id")),
    "input_audio_buffer.dtmf_event_received": lambda e: KeyReceived(_text(e, "event")),
    "conversation.item.added": lambda e: ItemAdded(_item(_object(e, "item")), _text(e, "previous_item_id")),
    "conversation.item.created": lambda e: ItemAdded(_item(_object(e, "item")), _text(e, "previous_item_id")),
    "conversation.item.done": lambda e: ItemDone(_item(_object(e, "item"))),
    "response.output_item.added": lambda e: ItemBegun(_item(_object(e, "item")), _text(e, "response_id")),
    "conversation.item.retrieved": lambda e: ItemRetrieved(_item(_object(e, "item"))),
    _CALLED: lambda e: ItemDone(_item(_object(e, "item")), _text(e, "response_id")),
    "conversation.item.input_audio_transcription.completed": lambda e: CallerTranscribed(
        _text(e, "item_id"), _text(e, "transcript")
    ),
    "response.output_audio_transcript.delta": lambda e: TranscriptDelta(
        _text(e, "item_id"), _text(e, "delta")
    ),
    "response.output_audio_transcript.done": lambda e: TranscriptDone(
        _text(e, "item_id"), _text(e, "transcript")
    ),
    "response.output_text.delta": lambda e: TranscriptDelta(_text(e, "item_id"), _text(e, "delta")),
    "response.output_text.done": lambda e: TranscriptDone(_text(e, "item_id"), _text(e, "text")),
    "response.created": _response_created,
    "response.done": _response_done,
    "output_audio_buffer.started": lambda e: PlaybackStarted(_text(e, "response_id")),
    "output_audio_buffer.stopped": lambda e: PlaybackStopped(_text(e, "response_id"), cleared=False),
    "output_audio_buffer.cleared": lambda e: PlaybackStopped(_text(e, "response_id"), cleared=True),
    "error": _error,
}
for _preview, _ga in {
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
}.items():
    _READERS[_preview] = _READERS[_ga]
