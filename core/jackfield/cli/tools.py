"""`jackfield tools`: what agents may call, where it comes from, and what was set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from jackfield.calls import Json
from jackfield.cli.columns import columns
from jackfield.cli.offers import Offers, ask
from jackfield.config import Config, load, policy_for
from jackfield.config.policies import searched
from jackfield.errors import ConfigurationError
from jackfield.tools.catalogue import Catalogue, Selection
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import Tool
from jackfield.tools.wire import function_tool, wire_name


@click.command()
@click.argument("words", nargs=-1, metavar="[FILE] [NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--offline", is_flag=True, help="Start no MCP server; their tools are not listed.")
def tools(words: tuple[str, ...], as_json: bool, offline: bool) -> None:
    """List the tools of FILE's (agents.yaml's) plugins and MCP servers, or show the one called NAME.

    For each: its source, the bytes it takes in a session, where it runs and which agents have it.
    """
    file, name = _file_and_name(words)
    config = load(file)
    inventory = take_inventory(config, ask(config, offline=offline))
    if name:
        tool = inventory.find(name)
        data = inventory.detail(config, tool)
        click.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else portrait(data))
        return
    click.echo(json.dumps(inventory.listing(), indent=2, ensure_ascii=False) if as_json else table(inventory))


def _file_and_name(words: Sequence[str]) -> tuple[Path, str]:
    """A word that ends like a YAML file, or is one, is the file."""
    if len(words) > 2:
        raise click.UsageError("at most a file and the name of a tool")
    files = [word for word in words if word.endswith((".yaml", ".yml")) or Path(word).is_file()]
    names = [word for word in words if word not in files]
    if len(files) > 1 or len(names) > 1:
        raise click.UsageError("at most one file, and the name of one tool")
    return Path(files[0] if files else "agents.yaml"), names[0] if names else ""


@dataclass(frozen=True)
class Inventory:
    """All tools, and what each agent gets of them. `down` are servers and plugins that offer nothing now."""

    catalogue: Catalogue
    offers: Offers
    chosen: Mapping[str, Selection]
    down: Mapping[str, str]

    def find(self, name: str) -> Tool:
        """By its name, or by the one it has on the wire. Raises `ConfigurationError`."""
        for tool in self.catalogue.tools.values():
            if name in (tool.name, wire_name(tool.name)):
                return tool
        if reason := self.catalogue.aside.get(name):
            raise ConfigurationError(f"{name} is set aside: {reason}")
        raise ConfigurationError(f"there is no tool {name}{did_you_mean(name, self.catalogue.tools)}")

    def agents_with(self, tool: Tool) -> list[str]:
        return [agent for agent, each in self.chosen.items() if wire_name(tool.name) in each.tools]

    def row(self, tool: Tool) -> dict[str, Json]:
        return {
            "name": tool.name,
            "wire_name": wire_name(tool.name),
            "source": tool.source,
            "bytes": session_bytes(tool),
            "runs_on": tool.runs_on,
            "agents": self.agents_with(tool),
        }

    def listing(self) -> dict[str, Json]:
        """All of it as JSON-able data."""
        return {
            "tools": [self.row(tool) for tool in self.catalogue.tools.values()],
            "aside": dict(self.catalogue.aside),
            "down": dict(self.down),
            "missing": {agent: list(each.missing) for agent, each in self.chosen.items() if each.missing},
        }

    def detail(self, config: Config, tool: Tool) -> dict[str, Json]:
        """One tool as JSON-able data: what the model reads of it, and how its calls are run."""
        plugin_policy = self.offers.policies.get(tool.name)
        return {
            **self.row(tool),
            "read_only": tool.read_only,
            "idempotent": tool.idempotent,
            "description": tool.description,
            "parameters": dict(tool.parameters),
            "policy": {
                agent: asdict(policy_for(config, agent, tool.name, plugin_policy))
                for agent in self.agents_with(tool)
            },
        }


def take_inventory(config: Config, offers: Offers) -> Inventory:
    catalogue = Catalogue(offers.sources)
    hidden = searched(config)
    return Inventory(
        catalogue=catalogue,
        offers=offers,
        chosen={
            name: catalogue.choose(agent.tools, searched=hidden) for name, agent in config.agents.items()
        },
        down={
            **offers.broken,
            **offers.down,
            **dict.fromkeys(offers.unasked, "not asked: --offline"),
        },
    )


def session_bytes(tool: Tool) -> int:
    """What the tool adds to the session object."""
    return len(json.dumps(function_tool(wire_name(tool.name), tool), ensure_ascii=False).encode())


def table(inventory: Inventory) -> str:
    """The listing for a person to read."""
    tools = inventory.catalogue.tools.values()
    rows = [("tool", "source", "bytes", "runs on", "agents")]
    for tool in tools:
        agents = ", ".join(inventory.agents_with(tool)) or "-"
        rows.append((tool.name, tool.source, str(session_bytes(tool)), tool.runs_on, agents))
    paragraphs = [columns(rows), *_sums(inventory)]
    paragraphs += _list("Set aside:", inventory.catalogue.aside)
    paragraphs += _list("Not available:", inventory.down)
    unknown = {
        f"{agent}: {pattern}": "matches nothing" + (f"; near: {', '.join(near)}" if near else "")
        for agent, each in inventory.chosen.items()
        for pattern, near in each.missing.items()
    }
    return "\n\n".join([*paragraphs, *_list("Asked for in vain:", unknown)])


def _sums(inventory: Inventory) -> list[str]:
    """How much of a session the tools of each agent take: it is paid for with every one."""
    sums = [
        f"{agent}: {len(each.tools)} tools, {sum(map(session_bytes, each.tools.values()))} bytes"
        + (f"; {len(each.hidden)} more by tool_search" if each.hidden else "")
        for agent, each in inventory.chosen.items()
        if each.tools or each.hidden
    ]
    return ["\n".join(sums)] if sums else []


def _list(title: str, reasons: Mapping[str, str]) -> list[str]:
    lines = [f"  {name}: {' '.join(reason.split())}" for name, reason in reasons.items()]
    return ["\n".join([title, *lines])] if lines else []


def portrait(data: Mapping[str, Json]) -> str:
    """One tool for a person to read."""
    facts = [f"on the wire {data['wire_name']}", f"runs on {data['runs_on']}", f"{data['bytes']} bytes"]
    facts += [claim.replace("_", "-") for claim in ("read_only", "idempotent") if data[claim]]
    parts = [
        f"{data['name']} ({', '.join(facts)})",
        str(data["description"]),
        _indented_json(data["parameters"]),
    ]
    policies = data["policy"]
    if isinstance(policies, dict) and policies:
        parts += [f"Called by {agent} with\n{_indented_json(limits)}" for agent, limits in policies.items()]
    else:
        parts += ["No agent has it."]
    return "\n\n".join(parts)


def _indented_json(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
