"""The command line: one file per command, each of them thin."""

from __future__ import annotations

import logging
import sys
from functools import cache
from importlib import import_module
from typing import cast

import click

from jackfield.errors import JackfieldError

COMMANDS = ("new", "dev", "serve", "talk", "check", "agents", "tools", "plugins", "mcp", "doctor", "replay")
"""In the order of the help. Each is the function of that name in the module of that name."""


class Commands(click.Group):
    """Imports a command when it is called: `jackfield check` need not load a web server, nor any plugin."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(_brought())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return _brought().get(cmd_name)
        return cast(click.Command, getattr(import_module(f"jackfield.cli.{cmd_name}"), cmd_name))


@cache
def _brought() -> dict[str, click.Command]:
    """The commands that plugins bring. What a plugin does wrong is for `jackfield plugins` to tell."""
    with import_module("jackfield.cli.plugins").unlogged():
        commands: dict[str, click.Command] = import_module("jackfield.plugins").Plugins.load({}).commands()
    return commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jackfield")
@click.option("-v", "--verbose", count=True, help="Log what happens (-v), and all of it (-vv), to stderr.")
def cli(verbose: int) -> None:
    """Voice agents declared in YAML. No tool, plugin, MCP server or crash ever stops the conversation."""
    level = {0: logging.ERROR, 1: logging.INFO}.get(verbose, logging.DEBUG)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")


def main() -> None:
    """The `jackfield` command: our own errors are printed as they are, never as a traceback."""
    try:
        cli()
    except JackfieldError as error:
        click.echo(f"jackfield: {error}", err=True)
        sys.exit(2)
