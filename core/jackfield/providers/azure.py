"""Azure OpenAI's Realtime service: the GA surface under /openai/v1 (realtime protocol §1.1, §1.2, §1.8).

A built-in plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from urllib.parse import urlsplit

from jackfield.config.servers import AZURE_CREDENTIALS, AzureSettings
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.credential import ApiKey, Credential
from jackfield.providers.endpoint import Endpoint, service_url
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import brought, no_such_credential, read

KIND = "azure"
SURFACE = "/openai/v1"


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
    if (settings.api_key is None) == (settings.credential is None):
        raise ConfigurationError(
            f"providers.{KIND} needs one of two: `api_key: ${{AZURE_OPENAI_API_KEY}}`, with that environment "
            "variable set, or `credential: default` for Entra ID; "
            f"it has {'neither' if settings.api_key is None else 'both'}"
        )
    return entra_of(settings) if settings.api_key is None else ApiKey(settings.api_key, header="api-key")


def entra_of(settings: AzureSettings) -> Credential:
    identity = {
        "tenant_id": settings.tenant_id,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }
    if settings.credential not in AZURE_CREDENTIALS:
        raise ConfigurationError(no_such_credential(KIND, str(settings.credential)))
    missing = [name for name, value in identity.items() if value is None]
    if settings.credential == "client_secret" and missing:
        raise ConfigurationError(f"`credential: client_secret` needs {' and '.join(missing)} too")
    # On demand: azure-identity takes half a second to import, and whoever has a key does without it.
    entra: Callable[..., Credential] = import_module("jackfield.providers.azure_identity").entra
    return entra(settings.credential, settings.scope, **identity)


def make(settings: Settings) -> Provider:
    """Raises `ConfigurationError`."""
    settings, credential = brought(settings)
    known = read(AzureSettings, KIND, settings)
    return RealtimeProvider(
        KIND, endpoint_of(known), credential("api-key") if credential else credential_of(known)
    )


@hookimpl
def register_providers(register: RegisterProvider) -> None:
    register(KIND, make)
