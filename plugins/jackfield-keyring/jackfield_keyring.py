"""API keys from the operating system's key store: Keychain, Credential Locker, Secret Service, KWallet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import keyring
from keyring.errors import KeyringError
from pydantic import Field

import jackfield
from jackfield.config.model import Model
from jackfield.hookspecs import RegisterCredential
from jackfield.providers.credential import ApiKey

KIND = "keyring"


class KeyringSettings(Model):
    """Where in the key store the keys are."""

    service: str = Field(default="jackfield", min_length=1)
    """The name under which the store keeps them; the user name is the provider's name in agents.yaml."""


settings_model = KeyringSettings


@dataclass(frozen=True, slots=True)
class KeyringKey:
    """The key of one provider, looked up for every connection: one that is replaced is used at once.

    Asking the store may open a dialogue, and so is done in a thread; the provider bounds the wait.
    """

    service: str
    provider: str
    header: str

    async def headers(self) -> Mapping[str, str]:
        """Raises `ProviderRefused` where the store has no such key, or gives none."""
        return await ApiKey(await asyncio.to_thread(self._key), self.header).headers()

    def after_refusal(self) -> None:
        """There is no other key."""

    async def aclose(self) -> None:
        """Nothing is held."""

    def _key(self) -> str:
        try:
            key = keyring.get_password(self.service, self.provider)
        except KeyringError as error:
            raise jackfield.ProviderRefused(
                f"the key store gives no key for {self.provider}: {str(error) or type(error).__name__}; "
                "`keyring diagnose` tells which store is used"
            ) from error
        if not key:
            raise jackfield.ProviderRefused(
                f"the key store has no key for {self.provider}; "
                f"put it there: `keyring set {self.service} {self.provider}`"
            )
        return key.strip()


@jackfield.hookimpl
def register_credentials(register: RegisterCredential, settings: KeyringSettings) -> None:
    register(KIND, lambda provider, header: KeyringKey(settings.service, provider, header))
