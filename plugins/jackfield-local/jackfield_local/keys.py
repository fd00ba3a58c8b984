"""Who is let in: the server's key, or an ephemeral key that was minted here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jackfield_local.engine.ids import new_ephemeral_key
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.refusals import overloaded, unauthorised

EPHEMERAL = "ek_"
SUBPROTOCOL = "openai-insecure-api-key."
DEFAULT_SECONDS = 600
LEAST_SECONDS = 10
MOST_SECONDS = 7200
MOST_SECRETS = 10_000


@dataclass(frozen=True, slots=True)
class Secret:
    """An ephemeral key: who has it may open sessions with these settings until it expires."""

    value: str
    expires_at: float  # unix seconds
    settings: SessionSettings


def credential(
    headers: Mapping[str, str], query: Mapping[str, str], subprotocols: Sequence[str] = ()
) -> str | None:
    """The key a request carries, wherever the two services allow it to be. `headers` in lower case."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if found := headers.get("api-key") or query.get("api-key"):
        return found
    offered = (one.removeprefix(SUBPROTOCOL) for one in subprotocols if one.startswith(SUBPROTOCOL))
    return next(offered, None)


class Keys:
    """`key` None lets everybody in: only for a server that nobody else can reach."""

    def __init__(self, key: str | None) -> None:
        self._key = key
        self._secrets: dict[str, Secret] = {}

    def mint(self, settings: SessionSettings, seconds: int, now: float) -> Secret:
        self._secrets = {value: one for value, one in self._secrets.items() if one.expires_at > now}
        if len(self._secrets) >= MOST_SECRETS:
            raise overloaded("Too many ephemeral keys are alive; let some expire.")
        secret = Secret(new_ephemeral_key(), now + seconds, settings)
        self._secrets[secret.value] = secret
        return secret

    def admit(self, given: str | None, now: float) -> Secret | None:
        """The secret behind an ephemeral key; None for a key of the server. Raises `Refusal`."""
        if given is not None and given.startswith(EPHEMERAL):
            secret = self._secrets.get(given)
            if secret is None or secret.expires_at <= now:
                raise unauthorised("The ephemeral key is unknown or has expired; mint a new one.")
            return secret
        if self._key is None:
            return None
        if given is None:
            raise unauthorised(
                "You didn't provide an API key: send it as a bearer token or an api-key header."
            )
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            raise unauthorised("Incorrect API key provided.")
        return None
