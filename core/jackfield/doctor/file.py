"""agents.yaml itself, and what can be known of it although variables are missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jackfield.config.loader import read
from jackfield.config.models import Config
from jackfield.doctor.finding import Finding, fail, ok
from jackfield.doctor.terms import Terms
from jackfield.doctor.variables import STAND_IN, Variable, judged, mentioned, secrets, unset
from jackfield.errors import ConfigurationError

_PROBLEM = re.compile(r"^(\S.*?:\d+:\d+: .+)$", re.MULTILINE)
_UNSET = re.compile(r"the environment variable \w+ is not set")


@dataclass(frozen=True, slots=True)
class File:
    """`config` is None where nothing can be made of the file; `blind` are the providers and MCP servers that
    lack a variable; `secrets` are not to be printed."""

    config: Config | None
    findings: tuple[Finding, ...]
    blind: frozenset[tuple[str, str]] = frozenset()
    secrets: tuple[str, ...] = ()


def looked_at(terms: Terms) -> File:
    """Read the file; where variables are missing, once more with stand-ins."""
    variables = mentioned(_text(terms))
    hidden = tuple(secrets(variables, terms.environ))
    lacking = unset(variables, terms.environ)
    config, problems = _read(terms, lacking)
    lines = [
        fail(str(terms.file), problem.removeprefix(f"{terms.file}:"), "jackfield check shows the place")
        for problem in problems
    ]
    if config is not None and not problems:
        but = "; what the environment lacks is told below" if lacking else ""
        lines = [ok(str(terms.file), f"its keys and values are fine: {_count(config)}{but}")]
    used = providers_used(config) if config else frozenset(each.provider for each in variables)
    found = (*lines, *judged(variables, terms.environ, used))
    return File(config, found, frozenset((each.where[0], each.owner) for each in lacking), hidden)


def providers_used(config: Config) -> frozenset[str]:
    """By name, those that some agent lives at or falls back to."""
    agents = [agent for agent in config.agents.values() if agent.transfer is None]
    return frozenset(
        name for agent in agents for name in (agent.provider or config.provider, *agent.fallback)
    )


def _read(terms: Terms, lacking: list[Variable]) -> tuple[Config | None, list[str]]:
    """The configuration, and its problems but those of missing variables, which have lines of their own."""
    try:
        return read(terms.file, terms.environ).config, []
    except ConfigurationError as error:
        problems = _PROBLEM.findall(str(error)) or [str(error)]
    others = [problem for problem in problems if not _UNSET.search(problem)]
    if others or not lacking:
        return None, others or problems
    stand_ins = {each.name: STAND_IN for each in lacking}
    try:
        return read(terms.file, {**terms.environ, **stand_ins}).config, []
    except ConfigurationError:
        return None, ["it cannot be looked at any further before the variables below are set"]


def _text(terms: Terms) -> str:
    try:
        return terms.file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _count(config: Config) -> str:
    parts = {"agent": len(config.agents), "MCP server": len(config.mcp_servers)}
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in parts.items())
