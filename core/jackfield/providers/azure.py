"""Azure OpenAI's Realtime service: the GA surface under /openai/v1 (realtime protocol §1.1, §1.2, §1.8).

A built-in plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from jackfield.config.kinds import AZURE_CREDENTIALS, CREDENTIAL_NEEDS, AzureSettings
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import RegisterProvider, Settings, hookimpl
from jackfield.providers.base import Provider
from jackfield.providers.capabilities import capabilities_of
from jackfield.providers.credential import ApiKey, Credential
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import brought, no_such_credential, read

KIND = "azure"

IDENTITY = ("tenant_id", "client_id", "client_secret", "certificate", "certificate_password")
"""The settings that say who asks for a token."""


def endpoint_of(settings: AzureSettings) -> Endpoint:
    deployment = settings.deployment
    return Endpoint(
        base_url=settings.endpoint,
        model=deployment,
        # The multipart form is not documented for Azure (§1.4).
        offer_form="secret",
        webrtcfilter=settings.webrtcfilter,
        capabilities=capabilities_of(KIND, settings.model or deployment, settings.also_knows),
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


def credential_of(settings: AzureSettings) -> Credential:
    if (settings.api_key is None) == (settings.credential is None):
        raise ConfigurationError(
            f"providers.{KIND} needs one of two: `api_key: ${{AZURE_OPENAI_API_KEY}}`, with that environment "
            "variable set, or `credential: default` for Entra ID; "
            f"it has {'neither' if settings.api_key is None else 'both'}"
        )
    return entra_of(settings) if settings.api_key is None else ApiKey(settings.api_key, header="api-key")


def entra_of(settings: AzureSettings) -> Credential:
    identity = {name: getattr(settings, name) for name in IDENTITY}
    if settings.credential not in AZURE_CREDENTIALS:
        raise ConfigurationError(no_such_credential(KIND, str(settings.credential)))
    needs = CREDENTIAL_NEEDS.get(settings.credential, ())
    if missing := [name for name in needs if identity[name] is None]:
        raise ConfigurationError(f"`credential: {settings.credential}` needs {' and '.join(missing)} too")
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
