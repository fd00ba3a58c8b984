"""What is said of a service, over real sockets: each thing that can be wrong with one."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from azure.core.credentials import AccessToken

from jackfield.config.servers import ProviderConfig
from jackfield.doctor.finding import Finding, table
from jackfield.doctor.providers import service_of
from jackfield.doctor.services import Service, looked_at
from jackfield.errors import ConfigurationError
from jackfield.providers.azure_identity import SCOPES, Entra
from tests.providers.strict_service import StrictService

from .conftest import KEY, desk

WITHIN = 20.0


def azure_at(url: str, deployment: str = "Voice-Desk", key: str = KEY) -> Service:
    settings = {"endpoint": url, "deployment": deployment, "api_key": key}
    service = service_of("azure", ProviderConfig(kind="azure", **settings), ("marin",))
    assert service is not None
    return service


def openai_at(url: str, key: str = KEY) -> Service:
    provider = ProviderConfig(kind="openai", **{"base_url": url, "api_key": key})
    service = service_of("openai", provider, ("marin",))
    assert service is not None
    return service


def lines(findings: list[Finding]) -> list[str]:
    return [" ".join(line.split()) for line in table(findings).splitlines()]


async def test_of_a_service_that_is_as_it_should_be_every_step_is_told(azure: StrictService) -> None:
    host = azure.url.removeprefix("http://")
    assert lines(await looked_at(azure_at(azure.url), WITHIN)) == [
        f"ok provider azure {host} is reachable",
        "ok provider azure credential api_key: a key is there",
        "ok provider azure model Voice-Desk: a key for a session was given, and not used",
        "ok provider azure voice marin is taken",
    ]


async def test_no_session_is_opened_and_no_socket_dialled(openai: StrictService) -> None:
    findings = await looked_at(openai_at(openai.surface), WITHIN)
    assert {finding.verdict for finding in findings} == {"ok"}
    assert (openai.sessions, openai.dials) == ({}, 0)
    assert len(openai.secrets) == 2  # one without a voice, one with it


async def test_a_wrong_key_is_about_the_credential_and_is_not_repeated(azure: StrictService) -> None:
    azure.echo_key = True
    last = (await looked_at(azure_at(azure.url, key="sk-some-other-key"), WITHIN))[-1]
    assert (last.verdict, last.what) == ("fail", "provider azure credential")
    assert "401, invalid_api_key" in last.detail and "sk-some-other-key" not in str(last)
    assert last.fix.startswith("copy the key of this very resource again")


async def test_a_deployment_of_another_spelling_is_about_the_model(azure: StrictService) -> None:
    last = (await looked_at(azure_at(azure.url, deployment="voice-desk"), WITHIN))[-1]
    assert (last.verdict, last.what) == ("fail", "provider azure model")
    assert "DeploymentNotFound" in last.detail
    assert last.fix.startswith("write the deployment's name letter by letter")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, {"code": "Forbidden", "message": "Access denied."}),
        (401, {"code": "PermissionDenied", "message": "The principal lacks the required data action."}),
    ],
)
async def test_a_missing_role_names_the_role(status: int, error: object) -> None:
    async with desk(status, error) as port:
        last = (await looked_at(azure_at(f"http://127.0.0.1:{port}"), WITHIN))[-1]
    assert (last.verdict, last.what) == ("fail", "provider azure role")
    assert "give the role Cognitive Services OpenAI User" in last.fix


async def test_a_used_up_quota_is_no_failure_of_the_set_up() -> None:
    async with desk(429, {"message": "Too many."}) as port:
        last = (await looked_at(openai_at(f"http://127.0.0.1:{port}/v1"), WITHIN))[-1]
    assert (last.verdict, last.what) == ("warn", "provider openai quota")


async def test_a_port_where_nobody_listens_is_not_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    way, credential = await looked_at(openai_at(f"http://127.0.0.1:{port}/v1"), WITHIN)
    assert (way.verdict, way.what) == ("fail", "provider openai")
    assert f"127.0.0.1:{port} is not reachable" in way.detail
    assert credential.verdict == "ok"


async def test_a_service_that_does_not_speak_tls_is_told_from_one_that_is_away() -> None:
    async with desk() as port:
        way, _ = await looked_at(openai_at(f"https://127.0.0.1:{port}/v1"), WITHIN)
    assert way.verdict == "fail" and "does not speak TLS" in way.detail


async def test_a_certificate_that_nobody_trusts_names_the_setting_for_authorities(certificate: Path) -> None:
    async with desk(certificate=certificate) as port:
        way, _ = await looked_at(openai_at(f"https://127.0.0.1:{port}/v1"), WITHIN)
    assert way.verdict == "fail" and "its certificate is not trusted" in way.detail
    assert "SSL_CERT_FILE" in way.fix


async def test_a_service_that_says_nothing_holds_nobody_up() -> None:
    async with desk(silent=True) as port:
        findings = await looked_at(openai_at(f"http://127.0.0.1:{port}/v1"), 0.5)
    assert [finding.verdict for finding in findings] == ["ok", "ok", "fail"]
    assert "did not answer within 0.5 s" in findings[-1].detail


class OneGoodScope:
    """Of both scopes, only the second one's token is the service's."""

    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(KEY if scopes == (SCOPES[1],) else "of-no-use-here", 2_000_000_000)

    async def close(self) -> None:
        """Nothing is held."""

    async def __aenter__(self) -> "OneGoodScope":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def test_the_scope_that_the_service_takes_is_named(azure: StrictService) -> None:
    entra = replace(azure_at(azure.url), credential=Entra(OneGoodScope()), credential_kind="cli")
    told = lines(await looked_at(entra, WITHIN))
    assert "ok provider azure credential cli: a token was given" in told
    assert f"ok provider azure scope {SCOPES[1]}" in told


async def test_a_login_that_is_not_there_is_about_the_credential(azure: StrictService) -> None:
    settings = {"endpoint": azure.url, "deployment": "Voice-Desk", "credential": "environment"}
    service = service_of("azure", ProviderConfig(kind="azure", **settings), ())
    assert service is not None
    _, credential = await looked_at(service, WITHIN)
    assert (credential.verdict, credential.what) == ("fail", "provider azure credential")
    assert credential.detail.startswith("environment: no Entra ID credential is available here")
    assert azure.secrets == {}


class NeverAnswers(OneGoodScope):
    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return await asyncio.get_running_loop().create_future()


async def test_a_login_that_never_answers_holds_nobody_up(azure: StrictService) -> None:
    entra = replace(azure_at(azure.url), credential=Entra(NeverAnswers()), credential_kind="default")
    _, credential = await looked_at(entra, 0.5)
    assert (credential.verdict, credential.detail) == ("fail", "default: none within 0.5 s")


def test_a_key_and_a_credential_at_once_are_refused() -> None:
    settings = {"endpoint": "https://x.example", "deployment": "d", "api_key": KEY, "credential": "cli"}
    with pytest.raises(ConfigurationError, match="it has both"):
        service_of("azure", ProviderConfig(kind="azure", **settings), ())
