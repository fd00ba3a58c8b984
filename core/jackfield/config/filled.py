"""Defaults put where they are meant, so that nobody after this has to look in two places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from jackfield.config.agents import AgentConfig, Persona
from jackfield.config.hearing import TAKES_SEVERAL_LANGUAGES
from jackfield.config.models import Config
from jackfield.config.relations import LOCAL
from jackfield.config.servers import McpServerConfig, ProviderConfig


def filled(config: Config, folder: Path, prompts: Mapping[str, str]) -> Config:
    """The configuration with every default written out; `prompts` are the instructions read from files."""
    agents = {name: _filled_agent(config, agent, prompts.get(name)) for name, agent in config.agents.items()}
    names = {LOCAL: ProviderConfig(), **config.providers}
    providers = {
        name: provider if provider.kind else provider.model_copy(update={"kind": name})
        for name, provider in names.items()
    }
    servers = {name: _filled_server(server, folder) for name, server in config.mcp_servers.items()}
    config = config.model_copy(update={"agents": agents, "providers": providers, "mcp_servers": servers})
    config._folder = folder
    return config


def _filled_agent(config: Config, agent: AgentConfig, prompt: str | None) -> AgentConfig:
    given = agent.model_fields_set
    update: dict[str, object] = {
        key: getattr(config.defaults, key)
        for key in Persona.model_fields
        if key != "calls" and key not in given and key in config.defaults.model_fields_set
    }
    if "provider" not in given:
        update["provider"] = config.provider
    if prompt is not None:
        update["instructions"] = prompt
    agent = agent.model_copy(update=update)
    if not (agent.transcription.language or agent.transcription.languages) and len(agent.languages) == 1:
        code = agent.languages[0].split("-")[0]
        several = agent.transcription.model.startswith(TAKES_SEVERAL_LANGUAGES)
        heard = agent.transcription.model_copy(
            update={"languages": [code]} if several else {"language": code}
        )
        agent = agent.model_copy(update={"transcription": heard})
    return agent


def _filled_server(server: McpServerConfig, folder: Path) -> McpServerConfig:
    if server.roots:
        roots = [str((folder / root).resolve()) for root in server.roots]
        server = server.model_copy(update={"roots": roots})
    if server.url is None:
        return server.model_copy(update={"cwd": str(folder / (server.cwd or ""))})
    if "transport" in server.model_fields_set:
        return server
    is_sse = urlsplit(server.url).path.endswith("/sse")
    return server.model_copy(update={"transport": "sse" if is_sse else "http"})
