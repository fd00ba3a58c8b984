"""Entra ID tokens through azure-identity. A file of its own: the library takes half a second to import,
and only those who use it should wait for it (`azure.py` imports this on demand)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity import CredentialUnavailableError
from azure.identity.aio import (
    AzureCliCredential,
    AzureDeveloperCliCredential,
    CertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from jackfield.errors import ConfigurationError, ProviderRefused, ProviderUnreachable
from jackfield.providers.credential import Credential
from jackfield.providers.refusal import one_line

SCOPES = ("https://ai.azure.com/.default", "https://cognitiveservices.azure.com/.default")
"""Microsoft's pages name either; resources differ in which one they take. Tried in this order (§1.2)."""


@dataclass(frozen=True, slots=True)
class Entra:
    """A bearer token for the first of `scopes`; the others are for services that refuse it.

    Tokens are asked for at each dial: azure-identity keeps them and renews them before they expire.
    """

    source: AsyncTokenCredential
    scopes: tuple[str, ...] = SCOPES

    async def headers(self) -> Mapping[str, str]:
        try:
            token = await self.source.get_token(self.scopes[0])
        except CredentialUnavailableError as exc:
            raise ProviderRefused(f"no Entra ID credential is available here: {one_line(str(exc))}") from exc
        except ClientAuthenticationError as exc:
            why = one_line(exc.message)
            raise ProviderRefused(
                f"Entra ID gave no token for {self.scopes[0]}: {why}", status=401, code="token_refused"
            ) from exc
        except AzureError as exc:
            raise ProviderUnreachable(f"Entra ID cannot be reached: {one_line(exc.message)}") from exc
        return {"Authorization": f"Bearer {token.token}"}

    def after_refusal(self) -> Credential | None:
        return replace(self, scopes=self.scopes[1:]) if len(self.scopes) > 1 else None

    async def aclose(self) -> None:
        await self.source.close()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks for a token, as far as agents.yaml says it."""

    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    certificate: str | None = None
    certificate_password: str | None = field(default=None, repr=False)


def entra(kind: str, scope: str | None, **identity: str | None) -> Entra:
    """The credential that agents.yaml names; `identity` are the fields of `Identity`.

    Raises `ConfigurationError` when it cannot be made from what is there.
    """
    try:
        source = SOURCES[kind](Identity(**identity))
    except (ValueError, OSError) as exc:
        raise ConfigurationError(f"credential: {kind} cannot be used here: {one_line(str(exc))}") from exc
    return Entra(source, (scope,) if scope else SCOPES)


def from_default(identity: Identity) -> AsyncTokenCredential:
    return DefaultAzureCredential(managed_identity_client_id=identity.client_id)


def from_managed_identity(identity: Identity) -> AsyncTokenCredential:
    return ManagedIdentityCredential(client_id=identity.client_id)


def from_workload(identity: Identity) -> AsyncTokenCredential:
    return WorkloadIdentityCredential(tenant_id=identity.tenant_id, client_id=identity.client_id)


def from_cli(identity: Identity) -> AsyncTokenCredential:
    return AzureCliCredential(tenant_id=identity.tenant_id or "")


def from_developer_cli(identity: Identity) -> AsyncTokenCredential:
    return AzureDeveloperCliCredential(tenant_id=identity.tenant_id or "")


def from_environment(identity: Identity) -> AsyncTokenCredential:
    return EnvironmentCredential()


def from_client_secret(identity: Identity) -> AsyncTokenCredential:
    return ClientSecretCredential(
        identity.tenant_id or "", identity.client_id or "", identity.client_secret or ""
    )


def from_certificate(identity: Identity) -> AsyncTokenCredential:
    return CertificateCredential(
        identity.tenant_id or "",
        identity.client_id or "",
        identity.certificate,
        password=identity.certificate_password,
    )


SOURCES: Mapping[str, Callable[[Identity], AsyncTokenCredential]] = {
    "default": from_default,
    "managed_identity": from_managed_identity,
    "workload": from_workload,
    "cli": from_cli,
    "developer_cli": from_developer_cli,
    "environment": from_environment,
    "client_secret": from_client_secret,
    "certificate": from_certificate,
}
