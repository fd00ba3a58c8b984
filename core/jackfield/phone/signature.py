"""Standard Webhooks: whether a request really comes from the service that shares a secret with us (§8.1).

The signature is over the bytes as they came: JSON that was parsed and written again has another one.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from enum import Enum
from hashlib import sha256
from hmac import compare_digest, digest

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

PREFIX = "whsec_"
"""A secret that begins so is base64 behind it; any other is taken letter by letter."""

VERSION = "v1,"

TOLERANCE = 300.0
"""Seconds that a request may be old, or ahead of our clock."""

MOST_SIGNATURES = 16
"""In one header: while a secret is replaced there are two."""


class Flaw(Enum):
    """What is wrong with a request."""

    UNSIGNED = "it carries no signature"
    UNTIMED = "its time is none"
    STALE = "it is too old, or from the future: is a clock wrong?"
    FORGED = "its signature is not made with this secret"


def flaw(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> Flaw | None:
    """None for a request that is genuine. `headers` have lower-case names; `now` is in unix seconds."""
    name, timestamp, given = (headers.get(each, "") for each in (ID, TIMESTAMP, SIGNATURE))
    if not (name and timestamp and given):
        return Flaw.UNSIGNED
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        return Flaw.UNTIMED
    if abs(now - int(timestamp)) > TOLERANCE:
        return Flaw.STALE
    expected = signature(secret, name, timestamp, body).encode()
    candidates = [each.encode("utf-8", "replace") for each in given.split()[:MOST_SIGNATURES]]
    # All of them are looked at, so that the time it takes tells nothing.
    matches = [compare_digest(expected, each) for each in candidates]
    return None if any(matches) else Flaw.FORGED


def signature(secret: str, name: str, timestamp: str, body: bytes) -> str:
    """The signature of a request, as it stands in its header. Raises `ValueError` for a bad secret."""
    signed = f"{name}.{timestamp}.".encode() + body
    return VERSION + b64encode(digest(key_of(secret), signed, sha256)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises `ValueError`, which does not repeat it."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(PREFIX), validate=True)
    except (NotBase64, ValueError):
        raise ValueError(f"what follows {PREFIX} in a webhook's secret is base64; copy it anew") from None
