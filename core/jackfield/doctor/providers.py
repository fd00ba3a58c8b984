"""Which services there are to look at, by agents.yaml; and, if that is wished, one real session at each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from jackfield.config.kinds import AZURE_CREDENTIALS, KINDS, AzureSettings, OpenAISettings
from jackfield.config.models import Config
from jackfield.config.servers import ProviderConfig
from jackfield.doctor.file import File, providers_used
from jackfield.doctor.finding import Finding, fail, ok, warn
from jackfield.doctor.services import Service, looked_at
from jackfield.doctor.terms import Terms
from jackfield.errors import ConfigurationError, JackfieldError
from jackfield.plugins import Plugins
from jackfield.providers import azure, openai
from jackfield.providers.roster import closed, opened
from jackfield.providers.settings import read

CALL_WITHIN = 30.0
"""Seconds for a real session; the embedded server loads its models first."""


async def examined(file: File, config: Config, plugins: Plugins, terms: Terms) -> list[Finding]:
    """All providers side by side; those that no agent uses only where agents.yaml declares them."""
    used = providers_used(config)
    names = [name for name in config.providers if name in used or config.providers[name].kind in KINDS]
    found = await asyncio.gather(*(_one(name, file, config, plugins, terms) for name in names))
    return [finding for findings in found for finding in findings]


async def _one(name: str, file: File, config: Config, plugins: Plugins, terms: Terms) -> list[Finding]:
    provider, what = config.providers[name], f"provider {name}"
    if ("providers", name) in file.blind:
        return [warn(what, "not tried: a variable that it needs is not set", "see the variables")]
    if provider.kind not in plugins.provider_kinds():
        known = ", ".join(sorted(plugins.provider_kinds()))
        fix = "install the plugin that does, or change `provider`"
        return [fail(what, f"no plugin offers the kind {provider.kind!r}; there are: {known}", fix)]
    findings = await _probed(name, provider, config, terms)
    if terms.call and not terms.offline and name in providers_used(config):
        findings.append(await _called(name, config, plugins))
    return findings


async def _probed(name: str, provider: ProviderConfig, config: Config, terms: Terms) -> list[Finding]:
    what = f"provider {name}"
    if provider.kind not in KINDS:
        return [ok(what, f"of a plugin ({provider.kind}): what it needs it tells with --call")]
    try:
        service = service_of(name, provider, tuple(_voices(config, name)))
    except ConfigurationError as error:
        return [fail(what, str(error), "correct its section in agents.yaml")]
    if service is None:
        return [warn(what, "its credential is made by a plugin: not tried", "use --call")]
    if terms.offline:
        await service.credential.aclose()
        return [warn(what, f"{service.endpoint.host} was not asked (--offline)")]
    return await looked_at(service, terms.within)


def service_of(name: str, provider: ProviderConfig, voices: tuple[str, ...]) -> Service | None:
    """None where a plugin makes the credential. Raises `ConfigurationError`."""
    settings: Mapping[str, object] = provider.settings
    if provider.kind == azure.KIND:
        known = read(AzureSettings, azure.KIND, settings)
        if known.credential is not None and known.credential not in AZURE_CREDENTIALS:
            return None
        kind = known.credential or "api_key"
        return Service(name, azure.KIND, azure.endpoint_of(known), azure.credential_of(known), kind, voices)
    spoken = read(OpenAISettings, openai.KIND, settings)
    if spoken.credential is not None:
        return None
    return Service(name, openai.KIND, openai.endpoint_of(spoken), openai.key_of(spoken), "api_key", voices)


def _voices(config: Config, provider: str) -> Iterator[str]:
    """Of the agents that live there, each once."""
    agents = [agent for agent in config.agents.values() if agent.transfer is None]
    yield from dict.fromkeys(
        agent.voice for agent in agents if provider in (agent.provider, *agent.fallback) and agent.voice
    )


async def _called(name: str, config: Config, plugins: Plugins) -> Finding:
    """Open a session over a WebSocket, have it confirmed, and close it; nothing is said in it."""
    what = f"provider {name} session"
    try:
        async with asyncio.timeout(CALL_WITHIN):
            [provider] = (
                await opened(config, [name], plugins.provider_kinds(), plugins.credentials())
            ).values()
            try:
                async with provider.connect({"output_modalities": ["text"]}):
                    return ok(what, "was opened, confirmed and closed; nothing was said in it")
            finally:
                await closed([provider])
    except TimeoutError:
        return fail(what, f"none within {CALL_WITHIN:g} s", "see what is said of this provider above")
    except JackfieldError as trouble:
        return fail(what, str(trouble), "see what is said of this provider above")
