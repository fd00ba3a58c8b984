"""azure-identity itself, asking for a token over HTTP as on an Azure machine; the token opens a session."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from jackfield.errors import ProviderRefused
from jackfield.providers.azure import make
from jackfield.providers.base import Provider

from .conftest import KEY
from .strict_service import StrictService
from .test_realtime import SESSION, dialled

HEADER = "the-machine-itself"


class IdentityEndpoint:
    """What App Service offers its programs. `tokens` are given by resource; others are refused."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        resource = parse_qs(urlsplit(request.split()[1]).query)["resource"][0]
        self.asked.append(resource)
        known = f"x-identity-header: {HEADER}" in request.lower() and resource in self.tokens
        body = json.dumps(self.token(resource) if known else {"error": "invalid_scope"})
        status = "200 OK" if known else "400 Bad Request"
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        writer.close()

    def token(self, resource: str) -> dict[str, str]:
        expires = str(int(time.time()) + 3600)
        return {
            "access_token": self.tokens[resource],
            "expires_on": expires,
            "resource": resource,
            "token_type": "Bearer",
        }


@pytest.fixture
async def machine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IdentityEndpoint]:
    """This process believes to be on App Service."""
    endpoint = IdentityEndpoint()
    async with await asyncio.start_server(endpoint.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{port}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", HEADER)
        yield endpoint


def provider_for(service: StrictService) -> Provider:
    settings = {"endpoint": service.url, "deployment": service.model, "credential": "managed_identity"}
    return make(settings)


async def test_a_managed_identity_opens_a_session_and_its_token_is_kept(
    azure: StrictService, machine: IdentityEndpoint, offer: str
) -> None:
    machine.tokens = {"https://ai.azure.com": KEY}
    provider = provider_for(azure)
    answer = await provider.answer(offer, SESSION)
    await dialled(provider, answer.call_id)
    await provider.aclose()
    assert machine.asked == ["https://ai.azure.com"]


async def test_a_tenant_without_the_first_scope_is_asked_for_the_second(
    azure: StrictService, machine: IdentityEndpoint, offer: str
) -> None:
    machine.tokens = {"https://cognitiveservices.azure.com": KEY}
    provider = provider_for(azure)
    await provider.answer(offer, SESSION)
    await provider.aclose()
    assert machine.asked == ["https://ai.azure.com", "https://cognitiveservices.azure.com"]


async def test_an_identity_without_any_token_is_a_refusal_that_says_so(
    azure: StrictService, machine: IdentityEndpoint, offer: str
) -> None:
    provider = provider_for(azure)
    with pytest.raises(ProviderRefused, match="Entra ID"):
        await provider.answer(offer, SESSION)
    await provider.aclose()
    assert not azure.headers
