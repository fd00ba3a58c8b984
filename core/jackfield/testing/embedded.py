"""The embedded server as a provider of a test."""

from __future__ import annotations

from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider

EMBEDDED = "embedded"
"""The kind of provider that every agent of a test lives at."""

RULES = "rules"
"""The model of whoever has no script: the embedded server's own mind."""

VOICE = "local"
"""The installed plugin with a voice for the caller."""


class Embedded:
    """The plugin that offers it."""

    def __init__(self, url: str, key: str, model: str) -> None:
        self._endpoint = Endpoint(url, model)
        self._key = key

    @hookimpl
    def register_providers(self, register: RegisterProvider) -> None:
        register(EMBEDDED, self._make)

    def _make(self, settings: Settings) -> Provider:
        return RealtimeProvider(EMBEDDED, self._endpoint, ApiKey(self._key))
