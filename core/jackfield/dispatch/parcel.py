"""What crosses between a session and a worker process: a call, and how it ended. Pure."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from enum import StrEnum
from itertools import accumulate, pairwise

from jackfield.calls import Arguments, Image, Json
from jackfield.dispatch.results import fit
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.processes.wire import Message, WireError
from jackfield.tools.answer import Answer

MOST_VALUE = 256 * 1024
"""Bytes of a result that a worker sends; longer ones are cut over there, where it holds up nobody."""

MOST_WORDS = 2000
MOST_TRACE = 16 * 1024


class FaultError(Exception):
    """What a tool raised in a worker, with its traceback as text: for the log."""


class Kind(StrEnum):
    """The messages. To the worker: LOAD, then CALL and CANCEL, one call at a time; back: READY or BROKEN,
    then for each call ENTERED, any number of PROGRESS, and VALUE or FAILED. Those about a call bear its
    number."""

    LOAD = "load"
    CALL = "call"
    CANCEL = "cancel"
    READY = "ready"
    BROKEN = "broken"
    ENTERED = "entered"
    PROGRESS = "progress"
    VALUE = "value"
    FAILED = "failed"


_FAULTS: Mapping[str, type[Exception]] = {
    "unknown": OutcomeUnknown,
    "unavailable": ToolUnavailable,
    "refused": ToolError,
    "fault": FaultError,
}


def pack_arguments(arguments: Arguments) -> bytes:
    return json.dumps(dict(arguments), separators=(",", ":")).encode()


def unpack_arguments(message: Message) -> Arguments:
    found = json.loads(message.payload)
    if not isinstance(found, dict):
        raise WireError("arguments that are not a JSON object")
    return found


def pack_value(result: Json) -> Message:
    """The result, or as much of it as may cross: images follow the value in the payload, `images` tells
    where each ends. Raises `ValueError` for what is no JSON."""
    images = result.images if isinstance(result, Answer) else ()
    value = fit(result.value if isinstance(result, Answer) else result, MOST_VALUE)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    parts = [text.encode(), *(image.data for image in images)]
    facts = {
        "text": isinstance(value, str),
        "images": [image.media_type for image in images],
        "ends": list(accumulate(map(len, parts))),
    }
    return Message(Kind.VALUE, facts, b"".join(parts))


def unpack_value(message: Message) -> Json:
    """Raises `WireError` or `ValueError` for what `pack_value` does not make."""
    ends, types = message.fields.get("ends"), message.fields.get("images")
    if not isinstance(ends, list) or not isinstance(types, list) or len(ends) != len(types) + 1:
        raise WireError("a value that does not say where its parts end")
    if not all(isinstance(end, int) for end in ends):
        raise WireError("a value with ends that are no numbers")
    text, *images = (message.payload[start:end] for start, end in pairwise([0, *ends]))
    value: Json = text.decode() if message.fields.get("text") else json.loads(text)
    shown = tuple(Image(data, str(kind)) for data, kind in zip(images, types, strict=True))
    return Answer(value, shown) if shown else value


def pack_failure(error: BaseException) -> Message:
    """The words of a `ToolError` are for the model; of anything else the traceback is for the log."""
    for name, kind in _FAULTS.items():
        if isinstance(error, kind):
            return Message(Kind.FAILED, {"fault": name, "words": _words(error)[:MOST_WORDS]})
    trace = "".join(traceback.format_exception(error))
    return Message(Kind.FAILED, {"fault": "fault", "words": trace[-MOST_TRACE:]})


def unpack_failure(message: Message) -> Exception:
    kind = _FAULTS.get(message.text("fault"), FaultError)
    return kind(message.text("words"))


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
