"""What a client can do wrong, in the words and codes of the Realtime API (facts: realtime protocol 5.2)."""

from __future__ import annotations

from collections.abc import Iterable

INVALID_REQUEST = "invalid_request_error"
SERVER_ERROR = "server_error"


class Fault(Exception):  # noqa: N818 - the wire's word for it is `error`; ours must not hide builtins in prose
    """One refused event or request. The session stays open; nothing was changed."""

    def __init__(
        self, message: str, *, code: str | None = None, param: str | None = None, kind: str = INVALID_REQUEST
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind

    def body(self) -> dict[str, object]:
        """The `error` member of an HTTP answer, and of an `error` event but for its `event_id`."""
        return {"type": self.kind, "code": self.code, "message": self.message, "param": self.param}


def missing_parameter(param: str) -> Fault:
    return Fault(f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param)


def unknown_parameter(param: str) -> Fault:
    return Fault(f"Unknown parameter: '{param}'.", code="unknown_parameter", param=param)


def invalid_value(value: object, param: str, supported: Iterable[str] = ()) -> Fault:
    choices = ", ".join(f"'{choice}'" for choice in supported)
    hint = f" Supported values are: {choices}." if choices else ""
    shown = f"'{value}'" if isinstance(value, str) else repr(value)
    return Fault(f"Invalid value: {shown[:80]}.{hint}", code="invalid_value", param=param)


def active_response(response_id: str) -> Fault:
    return Fault(
        f"Conversation already has an active response in progress: {response_id}. "
        "Wait until the response is finished before creating a new one.",
        code="conversation_already_has_active_response",
    )


def cancel_not_active() -> Fault:
    return Fault("Cancellation failed: no active response found", code="response_cancel_not_active")


def buffer_too_small(milliseconds: float) -> Fault:
    return Fault(
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        f"but buffer only has {milliseconds:.2f}ms of audio.",
        code="input_audio_buffer_commit_empty",
    )


def unknown_tool_call(call_id: str) -> Fault:
    return Fault(
        f"Tool call ID '{call_id}' not found in conversation.",
        code="invalid_tool_call_id",
        param="item.call_id",
    )


ITEM_ERRORS = {"retrieve": "retrieving", "delete": "deleting", "truncate": "truncating"}


def unknown_item(verb: str, item_id: str, param: str = "item_id") -> Fault:
    """`verb` is what was asked for: retrieve, delete, truncate."""
    return Fault(
        f"Error {ITEM_ERRORS[verb]} item: the item with id '{item_id}' does not exist.",
        code=f"item_{verb}_invalid_item_id",
        param=param,
    )


def unknown_previous_item(item_id: str) -> Fault:
    return Fault(
        f"Error creating item: the previous item with id '{item_id}' does not exist.",
        code="item_create_invalid_previous_item_id",
        param="previous_item_id",
    )


def only_audio_can_be_truncated() -> Fault:
    return Fault("Only model output audio messages can be truncated", code="unsupported_content_type")


def already_shorter(actual_ms: int, asked_ms: int) -> Fault:
    return Fault(
        f"Audio content of {actual_ms}ms is already shorter than {asked_ms}ms",
        code="invalid_value",
        param="audio_end_ms",
    )


def cannot_update_voice() -> Fault:
    return Fault(
        "Cannot update a conversation's voice if assistant audio is present.",
        code="cannot_update_voice",
        param="session.audio.output.voice",
    )


def cannot_update_model() -> Fault:
    return Fault(
        "The model of a session cannot be changed; open a new session.",
        code="cannot_update_model",
        param="session.model",
    )


def session_expired(minutes: float) -> Fault:
    return Fault(
        f"Your session hit the maximum duration of {minutes:g} minutes.",
        code="session_expired",
    )
