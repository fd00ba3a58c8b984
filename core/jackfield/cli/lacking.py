"""Options of agents that their service, or the model there, does not know: they are not sent."""

from __future__ import annotations

from collections.abc import Iterator

from jackfield.config.document import Document
from jackfield.config.kinds import KINDS, AzureSettings, OpenAISettings
from jackfield.config.loader import Reading
from jackfield.config.models import Config
from jackfield.config.report import Problem
from jackfield.config.source import Where
from jackfield.providers.capabilities import Capabilities, capabilities_of


def lacking(reading: Reading) -> Iterator[Problem]:
    """A note at the place of every option that is not sent, or not everywhere."""
    config = reading.config
    for name, agent in config.agents.items():
        if agent.transfer is not None:
            continue
        for provider in dict.fromkeys([agent.provider, *agent.fallback]):
            known = _known(config, provider)
            for lack in known.lacks(agent.session()) if known else ():
                where = _where(reading.document, name, lack.option)
                yield Problem(
                    reading.document.span(where), f'"{lack.option}" is not sent to {provider}: {lack.why}'
                )


def _known(config: Config, name: str) -> Capabilities | None:
    provider = config.providers[name]
    if provider.kind not in KINDS:
        return capabilities_of(provider.kind, "")
    settings = KINDS[provider.kind].model_validate(provider.settings)
    if isinstance(settings, AzureSettings):
        return capabilities_of(provider.kind, settings.model or settings.deployment, settings.also_knows)
    assert isinstance(settings, OpenAISettings)
    return capabilities_of(provider.kind, settings.model, settings.also_knows)


def _where(document: Document, agent: str, option: str) -> Where:
    keys = option.split(".")
    own: Where = ("agents", agent, *keys)
    head = document.node(own[:3])
    return own if head is not None else ("defaults", *keys)
