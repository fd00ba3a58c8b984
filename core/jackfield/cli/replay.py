"""`jackfield replay`: a recorded session against today's agents, plugins and MCP servers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from jackfield.testing.recording import read_recording
from jackfield.testing.replaying import replay as replayed


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option(
    "--config", "file", default=Path("agents.yaml"), show_default=True, type=click.Path(path_type=Path)
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="TOOL|/REGEX/",
    help="Do not compare what this tool (or glob) says, or lines of instructions that fit this.",
)
@click.pass_context
def replay(context: click.Context, recording: Path, file: Path, ignore: tuple[str, ...]) -> None:
    """Play RECORDING (made with --record) to the agents of today, and print what they do otherwise.

    Tools are really run. The exit code is 1 if there are differences.
    """
    then = read_recording(recording)
    found = asyncio.run(replayed(then, file, ignore=ignore))
    for difference in found:
        click.echo(difference)
    count = {0: "no difference", 1: "1 difference"}.get(len(found), f"{len(found)} differences")
    click.echo(f"{then.agent}, {len(then.entries)} recorded events: {count}.")
    context.exit(1 if found else 0)
