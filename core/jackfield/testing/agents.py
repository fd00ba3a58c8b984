"""The agents of a test: from a file, from YAML in the test, or made up for the plugins it brings."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

import yaml

from jackfield.config import Config
from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import GROUP

Agents = Path | str | Mapping[str, object]
"""A path, YAML text, or the same as a dict."""

DEFAULT = "agents.yaml"
LOCAL = "local"

_PROVIDER = re.compile(r"^( *)provider: *[^\s#{]+", re.MULTILINE)


def config_of(agents: Agents | None, agent: str | None, sources: Iterable[str]) -> Config:
    """The configuration of a test. Whatever provider it names, every agent lives at the embedded server.

    Without `agents` it is the agents.yaml of the folder that the test runs in, or, where no `agent` is named
    and the test brings `sources` of tools, one agent that has all of these. Raises `ConfigurationError`.
    """
    tools = sorted({f"{source}.*" for source in sources})
    if agents is None and agent is None and tools:
        agents = {"agents": {"agent": {"instructions": "Help the caller.", "tools": tools}}}
    page, folder = _page(DEFAULT if agents is None else agents)
    return interpret(page, folder, os.environ).config


def _page(agents: Agents) -> tuple[Page, Path]:
    if isinstance(agents, Mapping):
        data = {"version": 1, **agents, "provider": LOCAL}
        return Page("the test's agents", yaml.safe_dump(data, sort_keys=False)), Path.cwd()
    if isinstance(agents, str) and "\n" in agents:
        text = agents if re.search(r"^version:", agents, re.MULTILINE) else f"version: 1\n{agents}"
        return Page("the test's agents", _local(text)), Path.cwd()
    path = Path(agents)
    try:
        return Page(str(path), _local(path.read_text("utf-8-sig"))), path.parent
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}; name the file in line(agents=…)") from None


def _local(text: str) -> str:
    """The same text, line for line, with every agent at the embedded server: its provider's keys are not
    asked for."""
    return _PROVIDER.sub(rf"\1provider: {LOCAL}", text)


def needed_plugins(config: Config, given: Collection[str]) -> set[str]:
    """Which of the installed plugins the agents speak of; a test loads no others. Those that the test
    brings itself are not among them."""
    installed = {each.name for each in entry_points(group=GROUP)}
    patterns = [tool for each in config.agents.values() for tool in each.tools]
    sources = {pattern.partition(".")[0] for pattern in patterns}
    if any(set(source) & set("*?[") for source in sources):
        sources = installed
    return {name for name in installed & (sources | set(config.plugins)) if name not in given}


def fitted(config: Config, provider: str, replaced: Collection[str]) -> Config:
    """Every agent at this provider, and only the MCP servers that some agent has tools of and that no test
    stands in for."""
    patterns = [tool for each in config.agents.values() for tool in each.tools]
    sources = {pattern.partition(".")[0] for pattern in patterns}
    anything = any(set(source) & set("*?[") for source in sources)
    servers = {
        name: server
        for name, server in config.mcp_servers.items()
        if name not in replaced and (anything or name in sources)
    }
    agents = {name: each.model_copy(update={"provider": None}) for name, each in config.agents.items()}
    return config.model_copy(update={"provider": provider, "mcp_servers": servers, "agents": agents})
