"""What a person is told when the service says no: its own words, and what to check. Never a secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jackfield.errors import ProviderError, ProviderRefused, ProviderUnreachable

LONGEST = 400
"""Characters of the service's own words that are repeated."""

SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read to its end."""

    status: int
    text: str
    location: str = ""
    retry_after: float = 0.0

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def refused(
    place: str, reply: Reply, advice: Mapping[int, str], headers: Mapping[str, str]
) -> ProviderRefused:
    """The error for a reply that is no success. `headers` are those it answers: their values are cut out
    of the service's words, should it repeat them."""
    words, code = (one_line(without(part, headers.values())) for part in said(reply.text))
    told = f"HTTP {reply.status}" + (f", {code}" if code and code != str(reply.status) else "")
    sentence = f"{place} refused ({told})" + (f": {words}" if words else ".")
    hint = advice.get(reply.status, "")
    told = f"{sentence} {hint}".rstrip()
    return ProviderRefused(told, status=reply.status, code=code, retry_after=reply.retry_after)


def said(body: str) -> tuple[str, str]:
    """The message and the code in an error's body: `{"error": {"message", "code"}}`, or what gateways in
    front of a service say instead."""
    try:
        data = json.loads(body)
    except ValueError:
        return ("" if "<" in body else body), ""
    if isinstance(data, dict) and isinstance(data.get("error"), dict | str):
        data = data["error"]
    if isinstance(data, str):
        return data, ""
    if not isinstance(data, dict):
        return "", ""
    return text_of(data.get("message")), text_of(data.get("code"))


def text_of(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret cut out; of `Bearer KEY` the KEY is the secret. A made-up key for a
    service that demands none ("x", "none") is no secret, and its letters are in every sentence."""
    for secret in secrets:
        bare = secret.removeprefix("Bearer ")
        if len(bare) >= SHORTEST_SECRET:
            text = text.replace(bare, "…")
    return text


def may_pass(trouble: ProviderError) -> bool:
    """Whether the same request may succeed a moment later. A session that was just opened is not known
    to every machine of the service at once, and then answers 404 (§1.6)."""
    if isinstance(trouble, ProviderRefused):
        return trouble.status in (404, 429) or trouble.status >= 500
    return isinstance(trouble, ProviderUnreachable)
