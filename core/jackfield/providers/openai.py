"""OpenAI's own Realtime service, and any that has its address, form and bearer key."""

from __future__ import annotations

from pydantic import Field, SecretStr

from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint, service_url
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import ProviderSettings

KIND = "openai"

ADVICE = {
    401: "Check api_key (OPENAI_API_KEY), and that it belongs to the organization and project named.",
    403: "Check that the project of this key may use the model, and that your country is served.",
    404: "Check the model's name: it must be a realtime model that this project may use.",
    429: "Check the project's quota, billing and rate limits.",
}


class OpenAISettings(ProviderSettings):
    """`providers: openai:` in agents.yaml."""

    model: str = Field(min_length=1, description="A realtime model, such as gpt-realtime-2.1.")
    api_key: SecretStr = Field(SecretStr(""), description="Write ${OPENAI_API_KEY}; never the key itself.")
    organization: str = Field("", description="The OpenAI-Organization header.")
    project: str = Field("", description="The OpenAI-Project header.")
    base_url: str = Field("https://api.openai.com/v1", description="Up to and including /v1.")


def endpoint_of(settings: OpenAISettings) -> Endpoint:
    named = {"OpenAI-Organization": settings.organization, "OpenAI-Project": settings.project}
    return Endpoint(
        base_url=service_url(settings.base_url, f"providers.{KIND}.base_url"),
        model=settings.model,
        offer_form="multipart",
        headers={name: value for name, value in named.items() if value},
        advice=ADVICE,
    )


def make(settings: Settings) -> Provider:
    """Raises `ConfigurationError`."""
    read = OpenAISettings.read(KIND, settings)
    key = read.api_key.get_secret_value()
    if not key:
        raise ConfigurationError(
            f"providers.{KIND}.api_key is missing: write `api_key: ${{OPENAI_API_KEY}}` in agents.yaml and "
            "set the environment variable OPENAI_API_KEY"
        )
    return RealtimeProvider(KIND, endpoint_of(read), ApiKey(key))


class OpenAIPlugin:
    """Built in, and a plugin like any other."""

    @hookimpl
    def register_providers(self, register: RegisterProvider) -> None:
        register(KIND, make)


plugin = OpenAIPlugin()
