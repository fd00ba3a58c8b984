"""The command line: one file per command, each of them thin."""

from __future__ import annotations

import sys

import click

from jackfield.cli.agents import agents
from jackfield.cli.check import check
from jackfield.errors import JackfieldError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jackfield")
def cli() -> None:
    """Voice agents declared in YAML. No tool, plugin, MCP server or crash ever stops the conversation."""


cli.add_command(agents)
cli.add_command(check)


def main() -> None:
    """The `jackfield` command: our own errors are printed as one sentence, never as a traceback."""
    try:
        cli()
    except JackfieldError as error:
        click.echo(f"jackfield: {error}", err=True)
        sys.exit(2)
