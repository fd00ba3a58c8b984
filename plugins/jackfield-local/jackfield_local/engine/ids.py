"""Identifiers in the shapes the Realtime API uses: a prefix, and at most 32 characters in all."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
RANDOM_LENGTH = 21
SECRET_LENGTH = 40


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id(prefix: str) -> str:
    """`prefix` is one of event, sess, conv, item, resp, call, rtc."""
    return f"{prefix}_{_random(RANDOM_LENGTH)}"


def new_ephemeral_key() -> str:
    return f"ek_{_random(SECRET_LENGTH)}"
