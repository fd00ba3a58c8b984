"""The Realtime services: is there a way, is one let in, is the deployment there, are the voices known?

What is asked for is an ephemeral key of ten seconds, which nobody uses: it costs nothing, and no session is
opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

from jackfield.calls import Json
from jackfield.doctor import address
from jackfield.doctor.answers import judged, voice
from jackfield.doctor.finding import Finding, Verdict, fail, ok
from jackfield.errors import ProviderError, ProviderRefused, ProviderUnreachable
from jackfield.providers.credential import Credential
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.exchange import Exchange, encoded
from jackfield.providers.refusal import refused
from jackfield.providers.timeouts import Timeouts

KEY_LIFE = 10
"""Seconds; the least there is."""


@dataclass(frozen=True, slots=True)
class Service:
    """One provider as agents.yaml has it, and the voices of the agents that live there."""

    name: str
    kind: str
    endpoint: Endpoint
    credential: Credential
    credential_kind: str
    voices: tuple[str, ...]

    @property
    def what(self) -> str:
        return f"provider {self.name}"


async def looked_at(service: Service, within: float) -> list[Finding]:
    """Everything about one service, in the order in which one thing rests on the other."""
    timeouts = Timeouts(connect=within, answer=within, credential=within)
    http = Exchange(service.endpoint, service.what, timeouts)
    try:
        return [finding async for finding in _steps(service, http, within)]
    finally:
        await http.aclose()
        await service.credential.aclose()


async def _steps(service: Service, http: Exchange, within: float) -> AsyncIterator[Finding]:
    way, (found, headers) = await asyncio.gather(
        address.looked_at(service.what, service.endpoint.base_url, within), _opened(service, within)
    )
    yield way
    yield found
    if way.verdict is Verdict.FAIL or headers is None:
        return
    try:
        headers, scope = await _let_in(service, http, headers, within)
    except ProviderError as trouble:
        yield judged(service.what, service.kind, trouble)
        return
    if scope:
        yield ok(f"{service.what} scope", scope)
    yield ok(
        f"{service.what} model", f"{service.endpoint.model}: a key for a session was given, and not used"
    )
    for finding in await asyncio.gather(*(_voiced(service, http, headers, name) for name in service.voices)):
        yield finding


async def _opened(service: Service, within: float) -> tuple[Finding, Mapping[str, str] | None]:
    """The line about the credential, and the headers it made."""
    what = f"{service.what} credential"
    try:
        async with asyncio.timeout(within):
            headers = await service.credential.headers()
    except TimeoutError:
        fix = "log in again, or check the way to Entra ID"
        return fail(what, f"{service.credential_kind}: none within {within:g} s", fix), None
    except ProviderError as trouble:
        fix = "log in (az login), or check tenant_id, client_id and the secret of `credential`"
        return fail(what, f"{service.credential_kind}: {trouble}", fix), None
    told = "a key is there" if service.credential_kind == "api_key" else "a token was given"
    return ok(what, f"{service.credential_kind}: {told}"), headers


async def _let_in(
    service: Service, http: Exchange, headers: Mapping[str, str], within: float
) -> tuple[Mapping[str, str], str]:
    """The headers that the service takes, and the scope they are for: of the credential's scopes, the first
    that is not answered by 401."""
    credential = service.credential
    try:
        await _mint(service, http, headers)
    except ProviderRefused as refusal:
        other = credential.after_refusal() if refusal.status == 401 else None
        if other is None:
            raise
        headers, credential = await _token(other, service.what, within), other
        await _mint(service, http, headers)
    scopes = getattr(credential, "scopes", ())
    return headers, scopes[0] if scopes else ""


async def _token(credential: Credential, what: str, within: float) -> Mapping[str, str]:
    try:
        async with asyncio.timeout(within):
            return await credential.headers()
    except TimeoutError:
        raise ProviderUnreachable(f"{what}: no token for another scope within {within:g} s") from None


async def _voiced(service: Service, http: Exchange, headers: Mapping[str, str], name: str) -> Finding:
    try:
        await _mint(service, http, headers, {"audio": {"output": {"voice": name}}})
    except (ProviderRefused, ProviderUnreachable) as trouble:
        return voice(service.what, name, trouble)
    return voice(service.what, name, None)


async def _mint(
    service: Service, http: Exchange, headers: Mapping[str, str], session: Mapping[str, Json] | None = None
) -> None:
    """Ask for an ephemeral key (§1.3), and forget it. Raises `ProviderError`."""
    endpoint = service.endpoint
    wanted = {
        "expires_after": {"anchor": "created_at", "seconds": KEY_LIFE},
        "session": {"type": "realtime", "model": endpoint.model, **(session or {})},
    }
    as_json = {"Content-Type": "application/json"}
    reply = await http.post(endpoint.secrets_url, {**headers, **as_json}, content=encoded(wanted))
    if not reply.is_success:
        # The advice by status is for one line in a log; here every line has its fix.
        raise refused(endpoint.host, replace(reply, location=""), {}, headers)
