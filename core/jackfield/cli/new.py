"""`jackfield new`: a package to begin with, which passes its own tests as it stands."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import click

from jackfield.errors import ConfigurationError
from jackfield.hookspecs import GROUP
from jackfield.scaffold import PLUGIN, PROJECT, PackageName, write


@click.group()
def new() -> None:
    """Write a package to begin with: a plugin, or a project with agents of its own."""


@new.command()
@click.argument("name")
def plugin(name: str) -> None:
    """Write the plugin NAME (the package jackfield-NAME) into a folder of that name."""
    package = PackageName.of_plugin(name)
    _must_be_free(package.plugin)
    folder = Path(package.distribution)
    files = write(PLUGIN, package, folder)
    _tell(files, f"cd {folder}", 'pip install -e ".[dev]"', "pytest", "jackfield plugins")


@new.command()
@click.argument("name", required=False)
def project(name: str | None) -> None:
    """Write a project with agents.yaml and tools of its own into a folder NAME; without NAME into the
    current one, which must be empty."""
    folder = Path(name) if name else Path()
    package = PackageName.of_project(name or folder.absolute().name)
    files = write(PROJECT, package, folder)
    way = [f"cd {folder}"] if name else []
    _tell(files, *way, 'pip install -e ".[dev]"', "jackfield dev")


def _must_be_free(plugin: str) -> None:
    """Two plugins of one name cannot be loaded together."""
    for taken in entry_points(group=GROUP, name=plugin):
        owner = taken.dist.name if taken.dist else taken.value
        raise ConfigurationError(
            f"a plugin called {plugin} is installed already (by {owner}); choose another name"
        )


def _tell(files: list[Path], *steps: str) -> None:
    for path in files:
        click.echo(f"wrote {path}")
    click.echo("\nNext:\n")
    for step in steps:
        click.echo(f"  {step}")
