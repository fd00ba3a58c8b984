"""`jackfield plugins`: what is installed, and what became of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from jackfield.cli.columns import columns
from jackfield.config import load
from jackfield.plugins import PluginReport, Plugins
from jackfield.providers import BUILT_IN

DEFAULT = Path("agents.yaml")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
def plugins(file: Path | None, as_json: bool) -> None:
    """List the plugins installed here, loaded with the settings of FILE (agents.yaml, where there is one)."""
    config = load(file or DEFAULT) if file is not None or DEFAULT.is_file() else None
    with unlogged():
        found = Plugins.load({}, extra=BUILT_IN) if config is None else Plugins.of(config, extra=BUILT_IN)
    reports = found.report()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in reports], indent=2, ensure_ascii=False))
    else:
        click.echo(table(reports))


@contextmanager
def unlogged() -> Iterator[None]:
    """What would be logged of a broken one is what is printed here."""
    logger = logging.getLogger("jackfield.plugins")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def table(reports: Sequence[PluginReport]) -> str:
    """One line for each plugin, and a paragraph for each that is not as it should be."""
    rows = [("plugin", "version", "distribution", "state", "ms", "hooks", "tools")]
    for each in reports:
        hooks, tools = ", ".join(each.hooks), ", ".join(each.tools)
        ms = f"{each.seconds * 1000:.0f}"
        rows.append((each.name, each.version, each.distribution, each.state.value, ms, hooks, tools))
    faults = [
        f"{each.name} is {each.state.value}: {each.reason}\n  Next: {each.next_step}"
        for each in reports
        if each.reason
    ]
    return "\n\n".join([columns([[cell or "-" for cell in row] for row in rows]), *faults])
