"""What opens the door of a Realtime service (realtime protocol §1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jackfield.errors import ConfigurationError


class Credential(Protocol):
    """Makes the headers that authenticate a request. Asked anew for every dial, so a token may expire."""

    async def headers(self) -> Mapping[str, str]:
        """Raises `ProviderRefused` or `ProviderUnreachable` when none can be had."""

    def after_refusal(self) -> Credential | None:
        """What to try once more when the service has answered 401 to these headers; None: nothing."""

    async def aclose(self) -> None:
        """Let go of what the headers are made with. Idempotent."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that does not change: a bearer token, or the value of a header of its own (Azure's `api-key`).

    Raises `ConfigurationError`, without the key, for one that cannot stand in an HTTP header.
    """

    key: str = field(repr=False)
    header: str = "Authorization"

    def __post_init__(self) -> None:
        if not usable(self.key):
            raise ConfigurationError(
                "the API key is empty or has a space, a line break or a letter that is not ASCII in it; "
                "copy it again from the service's page"
            )

    async def headers(self) -> Mapping[str, str]:
        bearer = self.header == "Authorization"
        return {self.header: f"Bearer {self.key}" if bearer else self.key}

    def after_refusal(self) -> Credential | None:
        return None

    async def aclose(self) -> None:
        """Nothing is held."""


def usable(secret: str) -> bool:
    """Whether it can stand in a header. Checked first, because HTTP libraries quote what they reject."""
    return bool(secret) and secret.isascii() and secret.isprintable() and " " not in secret
