"""What the service's error codes mean to a conversation (§5.2)."""

from __future__ import annotations

BUSY = "conversation_already_has_active_response"
"""Our request met a response that we had not seen: ask again when that one is over."""

EXPIRED = "session_expired"
"""The session has reached its greatest length; the service closes it (§5.1)."""

BENIGN = frozenset({BUSY, "response_cancel_not_active", "input_audio_buffer_commit_empty"})
"""Nothing is wrong; two events crossed on the wire."""

FATAL = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "account_deactivated",
        "invalid_api_key",
        EXPIRED,
    }
)
"""The session cannot go on, and asking again cannot help."""


def sentence(code: str, message: str) -> str:
    """Why a session had to end, in words that hold no secret."""
    return f"the service ended the session ({code}): {message}" if message else f"the service says {code}"
