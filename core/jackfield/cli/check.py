"""`jackfield check`: everything that can be known about agents.yaml before anybody calls."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from jackfield.cli.offers import ask
from jackfield.cli.plugins import unlogged
from jackfield.cli.survey import Survey, survey
from jackfield.config.agents import AgentConfig
from jackfield.config.instructions import instructions_for
from jackfield.config.loader import Reading, read, refusal
from jackfield.config.models import Config
from jackfield.config.policies import policy_for
from jackfield.config.report import did_you_mean, render_notes
from jackfield.config.schema import schema_text
from jackfield.errors import ConfigurationError
from jackfield.plugins import Plugins


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default="agents.yaml")
@click.option("--show", metavar="AGENT", help="Print what the model is told for this agent.")
@click.option("--offline", is_flag=True, help="Start no MCP server: their tools are taken on trust.")
@click.option(
    "--schema",
    is_flag=True,
    help="Print the JSON Schema for editors, with the plugins installed here; read no file.",
)
def check(file: Path, show: str | None, offline: bool, schema: bool) -> None:
    """Check FILE (agents.yaml): its keys and values, and that every plugin, server and tool is there.

    Exits with 2, and every problem at its place, if there is one.
    """
    if schema:
        with unlogged():
            models = Plugins.load({}).models
        click.echo(schema_text(models), nl=False)
        return
    reading = read(file)
    if show is not None and show not in reading.config.agents:
        raise ConfigurationError(f"{file} has no agent {show!r}{did_you_mean(show, reading.config.agents)}")
    found = survey(reading, ask(reading.config, offline=offline))
    if show is not None:
        click.echo(portrait(reading.config, show, found))
    if found.problems:
        raise refusal(reading.document.page, found.problems)
    if show is None:
        click.echo(summary(file, reading, found))


def summary(file: Path, reading: Reading, found: Survey) -> str:
    """What the file declares, in a few lines, and the notes."""
    config = reading.config
    rows = [
        ("agents", _names(_agent(config, name, found) for name in config.agents)),
        ("providers", _names(config.providers)),
        ("plugins", _names(found.plugins)),
        ("MCP servers", _names(found.servers)),
    ]
    lines = [f"{file} is fine.", "", *(f"  {title:<12} {text}" for title, text in rows if text)]
    if notes := render_notes(reading.document.page, [*reading.notes, *found.notes]):
        lines += ["", notes]
    return "\n".join(lines)


def portrait(config: Config, name: str, found: Survey) -> str:
    """One agent as the provider gets it."""
    agent = config.agents[name]
    if agent.transfer is not None:
        return f"{name} is a person: calls are transferred to {agent.transfer}."
    tools = found.tools[name]
    limits = [f"  {tool}  {_limits(config, name, tool, found)}" for tool in tools]
    parts = [
        f"{name} at {agent.provider}" + (f", greeting: {agent.greeting}" if agent.greeting else ""),
        f"Instructions:\n\n{_indented(instructions_for(config, name) or '(none)')}",
        *_briefing(agent),
        f"Session:\n\n{_indented(json.dumps(agent.session(), indent=2, ensure_ascii=False))}",
    ]
    if limits:
        parts.append("\n".join(["Tools:", "", *limits]))
    return "\n\n".join(parts)


def _briefing(agent: AgentConfig) -> list[str]:
    if not agent.briefing:
        return []
    rows = [
        f"  {'prompt ' + each.prompt if each.prompt else 'resource ' + str(each.resource)} of {each.server}"
        for each in agent.briefing
    ]
    return ["\n".join(["Then follow, as soon as their server is ready:", "", *rows])]


def _limits(config: Config, agent: str, tool: str, found: Survey) -> str:
    policy = policy_for(config, agent, tool, found.policies.get(tool))
    announced = "" if policy.announce_after is None else f", announced after {policy.announce_after:g}s"
    return f"at most {policy.timeout:g}s{announced}, {policy.deliver.value}"


def _agent(config: Config, name: str, found: Survey) -> str:
    agent = config.agents[name]
    if agent.transfer is not None:
        return f"{name} ({agent.transfer})"
    count = len(found.tools[name])
    return f"{name} ({agent.voice}, {count} {'tool' if count == 1 else 'tools'})"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
