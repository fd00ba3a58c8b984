"""`jackfield agents`: who answers here."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jackfield.config import Config, load


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default="agents.yaml")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def agents(file: Path, as_json: bool) -> None:
    """List the agents of FILE (agents.yaml) with voice, provider, tools and handoffs."""
    config = load(file)
    rows = list(map(dict, described(config)))
    click.echo(json.dumps(rows, indent=2, ensure_ascii=False) if as_json else table(config))


def described(config: Config) -> list[dict[str, object]]:
    """Every agent as JSON-able data; `first` marks the one that answers unless another is asked for."""
    return [
        {
            "name": name,
            "first": name == config.first_agent,
            "provider": agent.provider,
            "voice": agent.voice,
            "languages": agent.languages,
            "tools": agent.tools,
            "handoffs": [handoff.to for handoff in agent.handoffs],
            "transfer": agent.transfer,
        }
        for name, agent in config.agents.items()
    ]


def table(config: Config) -> str:
    """The same for a person to read, one line for each agent."""
    rows = [("agent", "voice", "provider", "tools", "hands over to")]
    for name, agent in config.agents.items():
        if agent.transfer is not None:
            rows.append((name, "-", "-", "-", agent.transfer))
            continue
        tools = ", ".join(agent.tools) or "-"
        handoffs = ", ".join(handoff.to for handoff in agent.handoffs) or "-"
        rows.append((name, agent.voice, agent.provider, tools, handoffs))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
