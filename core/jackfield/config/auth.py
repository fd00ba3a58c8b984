"""`auth` of an MCP server at an address: who gets the token that it wants."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from jackfield.config.model import Model
from jackfield.config.values import Text, WebAddress


def _document(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.path in ("", "/"):
        raise ValueError("must be https:// with a path, such as https://example.com/jackfield.json")
    return url


DocumentAddress = Annotated[WebAddress, AfterValidator(_document)]


class OAuthConfig(Model):
    """A person logs in once, by `jackfield mcp login SERVER`."""

    client_id: Text | None = None
    """What the authorization server knows Jackfield as. None: Jackfield registers itself there."""

    client_secret: Text | None = Field(default=None, repr=False)
    """The secret that belongs to it, as `${NAME}`, if it has one."""

    client_metadata_url: DocumentAddress | None = None
    """The address of a document of yours that tells who Jackfield is (a client ID metadata document).
    Authorization servers that support this know it by the address; at others it registers itself."""

    port: int = Field(default=0, ge=0, le=65535)
    """The port of this machine that the browser comes back to, for servers that want to know it before.
    0: any that is free."""

    @model_validator(mode="after")
    def _is_known_one_way(self) -> Self:
        if self.client_id is not None and self.client_metadata_url is not None:
            raise ValueError("client_id and client_metadata_url are two ways to be known: give one of them")
        return self


class ClientCredentialsConfig(Model):
    """Jackfield logs in as itself."""

    client_id: Text
    """What the authorization server knows Jackfield as."""

    client_secret: Text = Field(repr=False)
    """The secret that belongs to it, as `${NAME}`."""

    issuer: WebAddress
    """The authorization server that these belong to; they are sent to no other."""

    scope: Text | None = None
    """The scopes to ask for, with blanks between them. Default: those that the server names."""


class AzureAuthConfig(Model):
    """A token of Entra ID, as azure-identity's default chain gets it."""

    scope: Text
    """What it is for, such as `api://APPLICATION/.default`."""


class AuthConfig(Model):
    """One of these."""

    oauth: OAuthConfig | None = None
    """A person logs in, in a browser (authorization code with PKCE)."""

    client_credentials: ClientCredentialsConfig | None = None
    """Jackfield logs in as itself (client credentials)."""

    azure: AzureAuthConfig | None = None
    """Entra ID: a managed identity, `az login`, or the variables `AZURE_…`."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len([each for each in (self.oauth, self.client_credentials, self.azure) if each is not None]) != 1:
            raise ValueError("one of oauth, client_credentials and azure is needed, and only one")
        return self
