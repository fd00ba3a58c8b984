"""The settings of the kinds of provider that come with the core."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from jackfield.config.addresses import azure_address, service_address
from jackfield.config.model import Model
from jackfield.config.values import Name, Text, WebAddress

ServiceAddress = Annotated[WebAddress, AfterValidator(service_address)]
AzureAddress = Annotated[WebAddress, AfterValidator(azure_address)]

Option = Literal[
    "reasoning", "parallel_tool_calls", "tracing", "prompt", "include", "noise_reduction", "truncation"
]
"""Keys of an agent that not every service and model knows."""

AZURE_CREDENTIALS = (
    "default",
    "managed_identity",
    "workload",
    "cli",
    "developer_cli",
    "environment",
    "client_secret",
    "certificate",
)
"""Who may ask Entra ID for a token."""

CREDENTIAL_NEEDS = {
    "client_secret": ("tenant_id", "client_id", "client_secret"),
    "certificate": ("tenant_id", "client_id", "certificate"),
}
"""What some of them need beside them."""


class AzureSettings(Model):
    """The settings of `kind: azure`: a Realtime model deployed at Azure OpenAI.

    Either `api_key` or `credential` opens it.
    """

    endpoint: AzureAddress
    """The resource's address, `https://NAME.openai.azure.com`."""

    deployment: Text
    """The name of the deployment (Azure addresses models by it); upper and lower case differ."""

    model: Text | None = None
    """The model that is deployed there, such as `gpt-realtime-2.1`: it says which options the service is
    sent. Default: read from the deployment's name, if that holds a model's."""

    api_key: Text | None = Field(default=None, repr=False)
    """The resource's key, as `${AZURE_OPENAI_API_KEY}`."""

    credential: Name | None = None
    """Who asks Entra ID for a token, instead of a key: `default` (azure-identity's chain: environment,
    managed identity, `az login`, …), `managed_identity`, `workload`, `cli`, `developer_cli`, `environment`,
    `client_secret` or `certificate`. Or a kind of credential that a plugin brings, such as `keyring`."""

    scope: Text | None = None
    """The scope of the token. Default: `https://ai.azure.com/.default`, and if the service does not accept
    that, `https://cognitiveservices.azure.com/.default`."""

    tenant_id: Text | None = None
    """The Entra tenant, for `client_secret`, `certificate`, `workload`, `cli` and `developer_cli`."""

    client_id: Text | None = None
    """The application, for `client_secret`, `certificate` and `workload`; or a user-assigned managed
    identity."""

    client_secret: Text | None = Field(default=None, repr=False)
    """The application's secret, for `client_secret`."""

    certificate: Text | None = None
    """The file with the application's certificate and its private key (PEM or PKCS12), for `certificate`."""

    certificate_password: Text | None = Field(default=None, repr=False)
    """The password of that file, if it has one."""

    webrtcfilter: bool | None = None
    """Keep instructions, tools and function calls off the caller's data channel. Default: for callers whose
    page is not on this very machine."""

    also_knows: list[Option] = Field(default=[])
    """Options that this service takes although Jackfield's table of capabilities says that it does not."""


class OpenAISettings(Model):
    """The settings of `kind: openai`."""

    api_key: Text | None = Field(default=None, repr=False)
    """An OpenAI API key, as `${OPENAI_API_KEY}`."""

    credential: Name | None = None
    """Instead of a key: a kind of credential that a plugin brings, such as `keyring`."""

    model: Text = "gpt-realtime-2.1"
    """The Realtime model."""

    base_url: ServiceAddress = "https://api.openai.com/v1"
    """The address up to and including /v1; another one for a service with the same interface."""

    organization: Text | None = None
    """The organization that pays, if the key has several."""

    project: Text | None = None
    """The project that pays, if the key has several."""

    safety_identifier: Text | None = None
    """Who uses the service, so that OpenAI can tell one user's misuse from all others'. It is sent as a hash,
    together with the caller's name where one is known. None: only a caller's name is sent."""

    also_knows: list[Option] = Field(default=[])
    """Options that this service takes although Jackfield's table of capabilities says that it does not."""


KINDS: dict[str, type[Model]] = {"azure": AzureSettings, "openai": OpenAISettings}
"""The kinds of provider whose settings are known here; those of others pass through unread."""
