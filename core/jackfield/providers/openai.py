"""OpenAI's own Realtime service, and any that has its address, form and bearer key. A built-in plugin."""

from __future__ import annotations

from jackfield.config.kinds import OpenAISettings
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.capabilities import capabilities_of
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import brought, missing_key, no_such_credential, read

KIND = "openai"

ADVICE = {
    401: "Check api_key (OPENAI_API_KEY), and that it belongs to the organization and project named.",
    403: "Check that the project of this key may use the model, and that your country is served.",
    404: "Check the model's name: it must be a realtime model that this project may use.",
    429: "Check the project's quota, billing and rate limits.",
}


def endpoint_of(settings: OpenAISettings) -> Endpoint:
    named = {"OpenAI-Organization": settings.organization, "OpenAI-Project": settings.project}
    return Endpoint(
        base_url=settings.base_url,
        model=settings.model,
        offer_form="multipart",
        headers={name: value for name, value in named.items() if value},
        advice=ADVICE,
        safety_identifier=settings.safety_identifier or "",
        capabilities=capabilities_of(KIND, settings.model, settings.also_knows),
    )


def make(settings: Settings) -> Provider:
    """Raises `ConfigurationError`."""
    settings, credential = brought(settings)
    known = read(OpenAISettings, KIND, settings)
    return RealtimeProvider(
        KIND, endpoint_of(known), credential("Authorization") if credential else key_of(known)
    )


def key_of(settings: OpenAISettings) -> ApiKey:
    if settings.credential is not None:
        raise ConfigurationError(no_such_credential(KIND, settings.credential))
    if settings.api_key is None:
        raise ConfigurationError(missing_key(KIND))
    return ApiKey(settings.api_key)


@hookimpl
def register_providers(register: RegisterProvider) -> None:
    register(KIND, make)
