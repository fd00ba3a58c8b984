"""What an answer of an API is to the model: a value, or a short true sentence. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from jackfield.calls import Image, Json
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.tools.answer import SHOWN, answer
from jackfield_http.concealment import Secrets
from jackfield_http.operation import Operation

_MOST_WORDS = 200
_TEXTS = ("application/xml", "application/yaml", "application/x-yaml", "application/csv")
_REASONS = ("detail", "message", "error_description", "error", "title", "reason", "errors", "fault")
"""Where APIs say what went wrong; RFC 9457 has `detail` and `title`."""

NOT_DONE = (425, 429, 503)
"""Answers of a service that has not begun."""

_UNKNOWN = (408, 500, 502, 504)
"""Answers after which nobody can say whether it was done."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it came. `cut` is set where there was more of it than is read. `wait` is what
    `Retry-After` asks for, in seconds."""

    status: int
    media_type: str = ""
    charset: str = "utf-8"
    body: bytes = b""
    cut: bool = False
    wait: float | None = None

    @property
    def text(self) -> str:
        try:
            return self.body.decode(self.charset, errors="replace")
        except LookupError:
            return self.body.decode(errors="replace")

    @property
    def is_json(self) -> bool:
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @property
    def is_text(self) -> bool:
        if self.media_type == "text/html":
            return False
        return self.media_type.startswith("text/") or self.media_type.endswith("+xml") or self._named_text

    @property
    def _named_text(self) -> bool:
        return self.media_type in _TEXTS


def read(api: str, operation: Operation, answered: Answered, secrets: Secrets) -> Json:
    """The value for the model. Raises `ToolError` for everything that is none."""
    if not 200 <= answered.status < 300:
        raise _failure(api, operation, answered, secrets)
    if not answered.body:
        return f"{api} has done it; there is nothing more to tell." if not operation.read_only else "Nothing."
    if answered.is_json:
        return _selected(operation, _json(api, answered, secrets))
    if answered.media_type in SHOWN and not answered.cut:
        return answer([], [Image(answered.body, answered.media_type)])
    if answered.is_text or not answered.media_type:
        return secrets.hidden(answered.text) + ("\n(There is more.)" if answered.cut else "")
    return _described(api, answered)


def _selected(operation: Operation, value: Json) -> Json:
    selected = operation.result.of(value) if operation.result else value
    return "There is no such thing in the answer." if selected is None else selected


def _json(api: str, answered: Answered, secrets: Secrets) -> Json:
    if answered.cut:
        raise ToolError(f"The answer of {api} is too large to be read; ask for less.")
    try:
        value: Json = json.loads(secrets.hidden(answered.text))
    except (ValueError, RecursionError):
        raise ToolError(f"{api} answered with something that cannot be read.") from None
    return value


def _described(api: str, answered: Answered) -> str:
    size = f"{'more than ' if answered.cut else ''}{max(1, len(answered.body) // 1024)} KiB"
    kind = "a web page" if answered.media_type == "text/html" else answered.media_type[:60]
    return f"{api} answered with {kind}, {size}, which cannot be read here."


def _failure(api: str, operation: Operation, answered: Answered, secrets: Secrets) -> ToolError:
    status = answered.status
    said = f"{api} answered {status} {_phrase(status)}".rstrip()
    reason = secrets.hidden(_reason(answered))
    words = f"{said}: {reason}" if reason else f"{said}."
    if status in NOT_DONE:
        later = f" It asks to wait {answered.wait:.0f} seconds." if answered.wait else ""
        return ToolUnavailable(words + later)
    if status in _UNKNOWN:
        if operation.repeatable:
            return ToolUnavailable(words)
        return OutcomeUnknown(f"{words} It may or may not have taken effect.")
    return ToolError(words)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _reason(answered: Answered) -> str:
    """What the service says of it, as one sentence; "" where it says nothing that can be read."""
    if answered.is_json:
        try:
            words = _words(json.loads(answered.text))
        except (ValueError, RecursionError):
            words = ""
    else:
        words = answered.text if answered.media_type == "text/plain" else ""
    words = " ".join(words.split())[:_MOST_WORDS].strip()
    return words if not words or words[-1] in ".!?" else f"{words}."


def _words(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words, value[:3])))
    if isinstance(value, Mapping):
        found = (_words(value[key]) for key in _REASONS if key in value)
        return next(filter(None, found), "") or (str(value["msg"]) if "msg" in value else "")
    return ""
