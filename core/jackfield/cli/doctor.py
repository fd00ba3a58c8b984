"""`jackfield doctor`: what stands in the way of a call, and what to do about it."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import click

from jackfield.cli.plugins import unlogged
from jackfield.doctor.examination import examine
from jackfield.doctor.finding import Verdict, table
from jackfield.doctor.terms import Terms


@click.command()
@click.option(
    "--config", "file", default=Path("agents.yaml"), show_default=True, type=click.Path(path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of lines.")
@click.option("--offline", is_flag=True, help="Ask nothing beyond this machine.")
@click.option("--call", is_flag=True, help="Open one real session at each provider, and close it at once.")
@click.option(
    "--within", default=5.0, show_default=True, type=click.FloatRange(0.1, 120), help="Seconds for a probe."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="As `jackfield serve` is to have it.")
@click.option("--token", envvar="JACKFIELD_TOKEN", help="As `jackfield serve` is to have it.")
@click.option("--origin", "origins", multiple=True, metavar="URL", help="As `jackfield serve` is to have it.")
@click.pass_context
def doctor(
    context: click.Context,
    file: Path,
    as_json: bool,
    offline: bool,
    call: bool,
    within: float,
    host: str,
    token: str | None,
    origins: tuple[str, ...],
) -> None:
    """Look at everything that a call needs: one line each, `ok`, `warn` or `fail`, and the fix.

    No session is opened at any service, unless by --call: services are asked for an ephemeral key, which
    costs nothing. MCP servers are started and ended. Exits with 1 if something fails.
    """
    terms = Terms(file, os.environ, within, offline, call, host, bool(token), origins)
    with unlogged():
        findings = asyncio.run(examine(terms))
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in findings], indent=2, ensure_ascii=False))
    else:
        click.echo(table(findings))
    if any(each.verdict is Verdict.FAIL for each in findings):
        context.exit(1)
