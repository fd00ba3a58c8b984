"""Azure OpenAI's Realtime service: the GA surface under /openai/v1 (realtime protocol §1.1, §1.2, §1.8)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.credential import ApiKey, Credential
from jackfield.providers.endpoint import Endpoint, service_url
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import ProviderSettings

KIND = "azure"
SURFACE = "/openai/v1"

Source = Literal[
    "default", "managed_identity", "workload", "cli", "developer_cli", "environment", "client_secret"
]
"""Which of azure-identity's credentials asks Entra ID for a token."""


class AzureSettings(ProviderSettings):
    """`providers: azure:` in agents.yaml: a resource, a deployment, and either `api_key` or `credential`."""

    endpoint: str = Field(
        min_length=1, description="https://RESOURCE.openai.azure.com, as the portal shows it."
    )
    deployment: str = Field(min_length=1, description="The deployment's name, which is case-sensitive.")
    api_key: SecretStr = Field(SecretStr(""), description="Write ${AZURE_OPENAI_API_KEY}.")
    credential: Source | None = Field(None, description="Entra ID instead of a key.")
    scope: str = Field("", description="The token's scope; without it both documented ones are tried.")
    tenant_id: str = Field("", description="For client_secret, workload, cli and developer_cli.")
    client_id: str = Field("", description="For client_secret, workload and a user-assigned identity.")
    client_secret: SecretStr = Field(SecretStr(""), description="For client_secret.")
    webrtcfilter: bool = Field(
        False, description="Keep instructions, tools and function calls off the caller's data channel."
    )


def endpoint_of(settings: AzureSettings) -> Endpoint:
    deployment = settings.deployment
    return Endpoint(
        base_url=surface_of(settings.endpoint),
        model=deployment,
        # The multipart form is not documented for Azure (§1.4).
        offer_form="secret",
        webrtcfilter=settings.webrtcfilter,
        advice={
            401: "Check the key; with Entra ID the role (Cognitive Services OpenAI User on the resource), "
            "the tenant and the scope.",
            403: "Check the role, the resource's network rules, and its region: realtime models are served "
            "in East US 2 and Sweden Central.",
            404: f"Check the endpoint, and that a deployment of a realtime model is named {deployment!r}, "
            "letter by letter: case counts.",
            429: "Check the deployment's quota.",
        },
    )


def surface_of(endpoint: str) -> str:
    """The resource's GA surface. Takes the resource's address, with or without /openai/v1.

    Raises `ConfigurationError` for preview addresses and for those of something else.
    """
    setting = f"providers.{KIND}.endpoint"
    if "api-version" in endpoint:
        raise ConfigurationError(
            f"{setting} holds an api-version, which the GA service refuses; write the address up to {SURFACE}"
        )
    url = service_url(endpoint, setting)
    path = urlsplit(url).path
    if path not in ("", "/openai", SURFACE):
        raise ConfigurationError(
            f"{setting} must be the resource's own address, such as https://RESOURCE.openai.azure.com, "
            f"without {path}"
        )
    return url.removesuffix(path) + SURFACE


def credential_of(settings: AzureSettings) -> Credential:
    key = settings.api_key.get_secret_value()
    if bool(key) == bool(settings.credential):
        raise ConfigurationError(
            f"providers.{KIND} needs one of two: `api_key: ${{AZURE_OPENAI_API_KEY}}`, with that environment "
            f"variable set, or `credential: default` for Entra ID; it has {'both' if key else 'neither'}"
        )
    return ApiKey(key, header="api-key") if key else entra_of(settings)


def entra_of(settings: AzureSettings) -> Credential:
    identity = {
        "tenant_id": settings.tenant_id,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.get_secret_value(),
    }
    missing = [f"providers.{KIND}.{name}" for name, value in identity.items() if not value]
    if settings.credential == "client_secret" and missing:
        raise ConfigurationError(f"credential: client_secret needs {' and '.join(missing)} too")
    # On demand: azure-identity takes half a second to import, and most sessions do without it.
    entra: Callable[..., Credential] = import_module("jackfield.providers.azure_identity").entra
    return entra(settings.credential, settings.scope, **identity)


def make(settings: Settings) -> Provider:
    """Raises `ConfigurationError`."""
    read = AzureSettings.read(KIND, settings)
    return RealtimeProvider(KIND, endpoint_of(read), credential_of(read))


class AzurePlugin:
    """Built in, and a plugin like any other."""

    @hookimpl
    def register_providers(self, register: RegisterProvider) -> None:
        register(KIND, make)


plugin = AzurePlugin()
