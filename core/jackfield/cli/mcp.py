"""`jackfield mcp`: the MCP servers that agents.yaml declares."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from jackfield.cli.columns import columns
from jackfield.cli.servers import met, reason
from jackfield.config import Config, load
from jackfield.mcp.state import CONNECTED, ServerStatus


@click.group()
def mcp() -> None:
    """MCP servers: how they are. And the other way round: `serve`."""


@mcp.command()
@click.argument("file", default="agents.yaml", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def status(context: click.Context, file: Path, as_json: bool) -> None:
    """Connect to every MCP server of FILE (agents.yaml) and tell how it is.

    Takes as long as the slowest of them, at most its start_timeout and a little. What a process that
    serves sees of them is in its /readyz. Exits with 1 if a server is not there.
    """
    config = load(file)
    with met(config) as hub:
        statuses = hub.status()
    if as_json:
        click.echo(json.dumps([portrait(config, each) for each in statuses], indent=2, ensure_ascii=False))
    else:
        click.echo(table(config, statuses) if statuses else f"{file} declares no MCP servers.")
    if any(each.state not in CONNECTED for each in statuses):
        context.exit(1)


@mcp.command()
@click.argument("server")
@click.argument("file", default="agents.yaml", type=click.Path(path_type=Path))
@click.option("--browser/--no-browser", default=True, help="Open the address, or print it only.")
@click.option("--timeout", default=300, show_default=True, type=click.IntRange(1, 3600), help="Seconds.")
def login(server: str, file: Path, browser: bool, timeout: int) -> None:
    """Log in to SERVER of FILE (agents.yaml), in a browser on this machine.

    For servers with `auth: {oauth: {}}`. The login is kept for this user, and renewed from then on; a
    process that is running takes it up by itself.
    """
    # On demand: the SDK is nearly half of what the command line imports.
    import_module("jackfield.cli.mcp_login").login(load(file), server, browser, timeout)


@mcp.command()
@click.argument("file", default="agents.yaml", type=click.Path(path_type=Path))
@click.option(
    "--tools",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Which tools, as in agents.yaml: clock.now, clock.*. All, if it is not given; may be given again.",
)
@click.option("--plain", is_flag=True, help="Names without the plugin's: now, and not clock__now.")
@click.option("--transport", type=click.Choice(["stdio", "http"]), default="stdio", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="http: address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="http; 0: any.")
@click.option("--path", default="/mcp", show_default=True, help="http: where on that server.")
@click.option(
    "--token", envvar="JACKFIELD_MCP_TOKEN", help="http: what clients must bring; needed beyond loopback."
)
@click.option("--origin", "origins", multiple=True, metavar="URL", help="http: a page that may be a client.")
def serve(file: Path, patterns: tuple[str, ...], plain: bool, transport: str, **place: Any) -> None:
    """Serve the tools of FILE's (agents.yaml's) plugins to MCP clients, as an MCP server.

    Their calls run as in a session: the same time-outs, retries, limits and worker processes, by
    `defaults.calls` of FILE. What needs a yes is asked by elicitation.
    """
    # On demand: the server side of the SDK, and uvicorn.
    serving = import_module("jackfield.cli.mcp_serve")
    choice = serving.Choice(file, patterns or ("*",), plain)
    if transport == "stdio":
        serving.serve_stdio(choice)
    else:
        serving.serve_http(choice, serving.Place(**place))


def portrait(config: Config, status: ServerStatus) -> dict[str, object]:
    """One server as JSON-able data."""
    declared = config.mcp_servers[status.name]
    return {
        **status.as_dict(),
        "transport": declared.transport,
        "error": "" if status.state in CONNECTED else reason(config, status),
    }


def table(config: Config, statuses: list[ServerStatus]) -> str:
    """All of them for a person to read; below, why some are not there."""
    rows = [("server", "state", "transport", "protocol", "software", "tools", "set aside", "required")]
    for each in statuses:
        facts = each.protocol or "-", each.software or "-", str(len(each.tools)), str(each.aside)
        transport = config.mcp_servers[each.name].transport
        rows.append((each.name, each.state.value, transport, *facts, "yes" if each.required else "no"))
    paragraphs = [columns(rows)]
    for each in statuses:
        if each.state not in CONNECTED:
            why = reason(config, each).replace("\n", "\n  ")
            paragraphs.append(f"{each.name} is not there: {why}")
    return "\n\n".join(paragraphs)
