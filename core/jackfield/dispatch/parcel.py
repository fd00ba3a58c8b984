"""What crosses between a session and a worker process: a call, and how it ended. Pure."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from enum import StrEnum

from jackfield.calls import Arguments, Json
from jackfield.dispatch.results import fit
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.processes.wire import Message, WireError

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


def pack_value(value: Json) -> Message:
    """The result, or as much of it as may cross. Raises `ValueError` for what is no JSON."""
    fitting = fit(value, MOST_VALUE)
    if isinstance(fitting, str):
        return Message(Kind.VALUE, {"text": True}, fitting.encode())
    return Message(Kind.VALUE, {"text": False}, json.dumps(fitting, ensure_ascii=False).encode())


def unpack_value(message: Message) -> Json:
    text = message.payload.decode()
    if message.fields.get("text"):
        return text
    value: Json = json.loads(text)
    return value


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
