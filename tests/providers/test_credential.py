"""Keys and Entra ID tokens, and what happens when the service does not take them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import CredentialUnavailableError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.x509.oid import NameOID

from jackfield.errors import ConfigurationError, ProviderRefused, ProviderUnreachable
from jackfield.providers.azure_identity import SCOPES, SOURCES, Entra, entra
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts

from .strict_service import StrictService
from .test_realtime import SESSION

AI, COGNITIVE = SCOPES


class CountingSource:
    """Mints a token of its own for every question, as azure-core's `AsyncTokenCredential` demands."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fault: Exception | None = None
        self.closed = 0

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: object,
    ) -> AccessToken:
        self.asked.extend(scopes)
        if self.fault is not None:
            raise self.fault
        return AccessToken(token(scopes[0], len(self.asked)), 2_000_000_000)

    async def close(self) -> None:
        self.closed += 1

    async def __aenter__(self) -> "CountingSource":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self.close()


def token(scope: str, number: int) -> str:
    return f"token-for-{scope.split('/')[2]}-{number}"


@asynccontextmanager
async def provider_for(
    service: StrictService, source: CountingSource, scopes: tuple[str, ...] = SCOPES
) -> AsyncIterator[RealtimeProvider]:
    endpoint = Endpoint(service.surface, service.model, offer_form="secret")
    provider = RealtimeProvider("azure", endpoint, Entra(source, scopes), timeouts=Timeouts(sideband=0))
    try:
        yield provider
    finally:
        await provider.aclose()


async def test_every_dial_has_a_fresh_token(azure: StrictService, offer: str) -> None:
    source = CountingSource()
    azure.keys = {token(AI, number) for number in range(1, 9)}
    async with provider_for(azure, source) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id):
            pass
        await provider.hang_up(answer.call_id)
    assert source.asked == [AI, AI, AI]
    sent = [headers["authorization"] for headers in azure.headers]
    assert [sent[0], *sent[2:]] == [f"Bearer {token(AI, number)}" for number in (1, 2, 3)]
    assert sent[1].startswith("Bearer ek_")
    assert source.closed == 1


async def test_a_service_that_refuses_the_first_scope_is_tried_with_the_second_which_is_kept(
    azure: StrictService, offer: str
) -> None:
    source = CountingSource()
    azure.keys = {token(COGNITIVE, number) for number in range(1, 9)}
    async with provider_for(azure, source) as provider:
        answer = await provider.answer(offer, SESSION)
        async with provider.sideband(answer.call_id):
            pass
    assert source.asked == [AI, COGNITIVE, COGNITIVE]


async def test_a_tenant_that_does_not_know_the_first_scope_is_asked_for_the_second(
    azure: StrictService, offer: str
) -> None:
    class OneScope(CountingSource):
        async def get_token(self, *scopes: str, **options: object) -> AccessToken:
            self.fault = (
                ClientAuthenticationError("AADSTS500011: no such resource") if scopes == (AI,) else None
            )
            return await super().get_token(*scopes)

    source = OneScope()
    azure.keys = {token(COGNITIVE, 2)}
    async with provider_for(azure, source) as provider:
        await provider.answer(offer, SESSION)
    assert source.asked == [AI, COGNITIVE]


async def test_a_token_that_no_scope_makes_good_is_a_refusal(azure: StrictService, offer: str) -> None:
    source = CountingSource()
    async with provider_for(azure, source) as provider:
        for _ in range(2):
            with pytest.raises(ProviderRefused) as caught:
                await provider.answer(offer, SESSION)
            assert caught.value.status == 401
    assert source.asked == [AI, COGNITIVE] * 2


async def test_a_scope_of_ones_own_is_the_only_one_tried(azure: StrictService, offer: str) -> None:
    source = CountingSource()
    async with provider_for(azure, source, ("api://mine/.default",)) as provider:
        with pytest.raises(ProviderRefused):
            await provider.answer(offer, SESSION)
    assert source.asked == ["api://mine/.default"]


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (
            CredentialUnavailableError("run az login"),
            ProviderRefused,
            "no Entra ID .* run az login",
        ),
        (
            ClientAuthenticationError("AADSTS7000215"),
            ProviderRefused,
            "Entra ID gave no token for https://cog",
        ),
        (ServiceRequestError("no route"), ProviderUnreachable, "Entra ID cannot be reached: no route"),
    ],
)
async def test_a_token_that_cannot_be_had_says_why(
    fault: Exception, error: type[Exception], said: str, azure: StrictService, offer: str
) -> None:
    source = CountingSource()
    source.fault = fault
    async with provider_for(azure, source) as provider:
        with pytest.raises(error, match=said):
            await provider.answer(offer, SESSION)
    assert not azure.headers


async def test_no_token_is_in_any_message_or_log(
    azure: StrictService, offer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    azure.echo_key = True
    async with provider_for(azure, CountingSource()) as provider:
        with pytest.raises(ProviderRefused) as caught:
            await provider.answer(offer, SESSION)
        with pytest.raises(ProviderRefused):
            async with provider.sideband("rtc_0"):
                pass
    said = "".join(str(vars(it)) for it in caplog.records if not it.name.startswith("uvicorn"))
    assert "token-for" not in f"{said} {caught.value!r}"


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel", "nul\0"])
def test_a_key_that_fits_no_header_is_refused_without_being_told(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ApiKey(key)
    assert not key or key not in str(caught.value)


def test_a_key_is_not_in_its_own_description() -> None:
    assert "sk-planted" not in repr(ApiKey("sk-planted"))


def test_an_application_may_have_a_certificate(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    now = datetime.now(UTC)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    kinds = (Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame"))
    file = tmp_path / "desk.pem"
    file.write_bytes(key.private_bytes(*kinds) + unsigned.sign(key, SHA256()).public_bytes(Encoding.PEM))
    settings = {"tenant_id": "t", "client_id": "c", "certificate": str(file)}
    assert entra("certificate", None, **settings, certificate_password="open sesame").scopes == SCOPES
    with pytest.raises(ConfigurationError, match="certificate cannot be used here"):
        entra("certificate", None, **settings, certificate_password="wrong")
    with pytest.raises(ConfigurationError, match=r"certificate cannot be used here.*gone"):
        entra("certificate", None, **{**settings, "certificate": "gone.pem"})


@pytest.mark.parametrize("kind", sorted(SOURCES.keys() - {"workload", "certificate"}))
async def test_each_named_credential_is_made_without_connecting_to_anything(kind: str) -> None:
    credential = entra(kind, None, tenant_id="t", client_id="c", client_secret="s")
    assert credential.scopes == SCOPES
    await credential.aclose()


def test_a_credential_whose_surroundings_are_missing_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="credential: workload cannot be used here"):
        entra("workload", None)
