"""From a section of agents.yaml to a provider, and the sentences when it cannot be."""

import pytest

from jackfield.config.kinds import AzureSettings, OpenAISettings
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings
from jackfield.providers import BUILT_IN, azure, openai
from jackfield.providers.base import Provider
from jackfield.providers.endpoint import service_url
from jackfield.providers.guest import Guest

AZURE = {"endpoint": "https://desk.openai.azure.com", "deployment": "Voice-Desk", "api_key": "0123456789"}
SURFACE = "https://desk.openai.azure.com/openai/v1"


def azure_endpoint(address: str) -> str:
    return azure.endpoint_of(AzureSettings(**{**AZURE, "endpoint": address})).base_url


@pytest.mark.parametrize(
    "address",
    [
        "https://desk.openai.azure.com",
        "https://desk.openai.azure.com/",
        "https://desk.openai.azure.com/openai",
        "https://desk.openai.azure.com/openai/v1",
        "https://desk.openai.azure.com/openai/v1/",
    ],
)
def test_every_form_in_which_the_portal_shows_a_resource_is_its_ga_surface(address: str) -> None:
    assert azure_endpoint(address) == SURFACE


def test_a_foundry_resource_and_a_server_on_this_machine_are_taken() -> None:
    assert (
        azure_endpoint("https://desk.services.ai.azure.com") == "https://desk.services.ai.azure.com/openai/v1"
    )
    assert azure_endpoint("http://127.0.0.1:8080") == "http://127.0.0.1:8080/openai/v1"
    assert azure_endpoint("http://[::1]:8080/openai/v1") == "http://[::1]:8080/openai/v1"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://desk.openai.azure.com/openai/realtime?api-version=2025-04-01-preview", "api-version"),
        ("https://desk.services.ai.azure.com/api/projects/desk", "without /api/projects/desk"),
        ("http://desk.openai.azure.com", "must begin with https://"),
        ("https://user:pass@desk.openai.azure.com", "user name or a password; write desk.openai.azure.com"),
        ("https://desk.openai.azure.com/?x=1", "must end before the ?"),
        ("https://desk.openai.azure.com:port", "is not an address"),
        ("desk.openai.azure.com", 'begins with "https://"'),
    ],
)
def test_an_address_that_is_no_resource_is_explained(address: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        azure.make({**AZURE, "endpoint": address})
    assert "providers.azure.endpoint" in str(caught.value)
    assert said in str(caught.value)


def test_an_address_must_be_an_address() -> None:
    with pytest.raises(
        ConfigurationError, match=r"x must be an address such as https://HOST/v1, not 'ftp://a'"
    ):
        service_url("ftp://a", "x")


def test_addresses_are_derived_from_one_base() -> None:
    endpoint = azure.endpoint_of(AzureSettings(**AZURE, webrtcfilter=True))
    assert endpoint.secrets_url == f"{SURFACE}/realtime/client_secrets"
    assert endpoint.calls_url(Guest()) == f"{SURFACE}/realtime/calls?webrtcfilter=on"
    assert endpoint.hang_up_url("rtc_1/..") == f"{SURFACE}/realtime/calls/rtc_1%2F../hangup"
    assert endpoint.sideband_url("rtc_1&model=x") == (
        "wss://desk.openai.azure.com/openai/v1/realtime?call_id=rtc_1%26model%3Dx"
    )


def test_the_services_are_asked_in_the_form_that_they_document() -> None:
    known = OpenAISettings(api_key="0123456789", organization="org_1")
    endpoint = openai.endpoint_of(known)
    assert (endpoint.base_url, endpoint.offer_form) == ("https://api.openai.com/v1", "multipart")
    assert endpoint.headers == {"OpenAI-Organization": "org_1"}
    assert azure.endpoint_of(AzureSettings(**AZURE)).offer_form == "secret"


SECRET = "sk-planted-4f1d6e0b9a"


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("openai", {}, ["providers.openai.api_key", "${OPENAI_API_KEY}", "set the variable OPENAI_API_KEY"]),
        ("openai", {"api_key": ""}, ["providers.openai.api_key", "OPENAI_API_KEY"]),
        ("openai", {"api_key": SECRET, "modle": "x"}, ["providers.openai.modle"]),
        ("openai", {"api_key": [SECRET]}, ["providers.openai.api_key"]),
        ("openai", {"api_key": f"{SECRET} x"}, ["API key", "space"]),
        ("azure", {"endpoint": "https://x"}, ["providers.azure.deployment"]),
        (
            "azure",
            {"endpoint": "https://x", "deployment": "d"},
            ["providers.azure", "api_key: ${AZURE_OPENAI_API_KEY}", "credential: default", "neither"],
        ),
        ("azure", {**AZURE, "credential": "default"}, ["both"]),
        (
            "azure",
            {
                "endpoint": "https://x",
                "deployment": "d",
                "credential": "client_secret",
                "client_secret": SECRET,
            },
            ["credential: client_secret", "tenant_id and client_id"],
        ),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_told(
    kind: str, settings: Settings, said: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        {"azure": azure, "openai": openai}[kind].make(settings)
    for words in said:
        assert words in str(caught.value)
    assert SECRET not in str(caught.value)


async def test_both_are_plugins_whose_providers_connect_to_nothing_when_made() -> None:
    kinds: dict[str, Provider] = {}
    settings = {"azure": AZURE, "openai": {"api_key": "0123456789"}}
    for plugin in BUILT_IN:
        plugin.register_providers(lambda kind, make: kinds.update({kind: make(settings[kind])}))
    assert {kind: provider.kind for kind, provider in kinds.items()} == {"azure": "azure", "openai": "openai"}
    for provider in kinds.values():
        await provider.start()
        await provider.aclose()
