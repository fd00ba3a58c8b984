"""A service that is busy for a moment: whether the same request is worth making again, and when."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from jackfield.conversation.service_errors import FATAL
from jackfield.errors import ProviderError, ProviderRefused

BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""What a service says that has done nothing. After any other 5xx there may be a session already."""

PAUSES = (0.25, 0.5, 1.0, 2.0)
"""Seconds before the second attempt, the third, …; more where the service says so."""


def pause_after(trouble: ProviderError, attempts: int, left: float) -> float | None:
    """Seconds until the next attempt, after so many in vain; None if none is worth while, or would begin
    after the `left` seconds."""
    if not isinstance(trouble, ProviderRefused) or trouble.status not in BUSY or trouble.code in FATAL:
        return None
    if attempts > len(PAUSES):
        return None
    pause = max(PAUSES[attempts - 1], trouble.retry_after)
    return pause if pause <= left else None


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a refusal asks for (`Retry-After`, `retry-after-ms` at Azure); 0.0 if it says nothing, or
    a date, which no such service sends."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name, "")) * unit)
        except ValueError:
            continue
    return 0.0
