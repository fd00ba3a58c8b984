"""Templates are folders of files as they will stand in the package, with `@name@` where names go.

Each file ends in `.template`, so that no tool takes it for what it will be, and `dot-` begins the names of
hidden ones. What is in `common` is in every package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from jackfield.errors import ConfigurationError
from jackfield.scaffold.names import PackageName

PLUGIN = "plugin"
PROJECT = "project"

_SUFFIX = ".template"
_HIDDEN = "dot-"
_TOKEN = re.compile(r"@([a-z]+)@")


def write(template: str, name: PackageName, folder: Path) -> list[Path]:
    """Write a package into `folder`, which must not be there or be empty; its files, in order.

    Raises `ConfigurationError` where something is in the way, or nothing can be written. Nothing that is
    there is ever overwritten.
    """
    tokens = {**name.tokens(), "version": _our_version()}
    texts = dict(sorted(_texts(template, tokens)))
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigurationError(f"{folder} is there already; choose another name, or an empty folder")
        for path, text in texts.items():
            _write_new(folder / path, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{folder} cannot be written ({reason}); choose another place") from None
    return [folder / path for path in texts]


def _texts(template: str, tokens: Mapping[str, str]) -> Iterator[tuple[PurePosixPath, str]]:
    """Every file of a template: where it goes within the package, and what will stand in it."""
    root = files("jackfield.scaffold") / "templates"
    for part in ("common", template):
        for path, source in _walk(root / part, PurePosixPath()):
            names = [_filled(_shown(name), tokens) for name in path.parts]
            yield PurePosixPath(*names), _filled(source.read_text("utf-8"), tokens)


def _walk(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _walk(each, path / each.name)
        elif each.name.endswith(_SUFFIX):
            yield path / each.name.removesuffix(_SUFFIX), each


def _shown(name: str) -> str:
    return f".{name.removeprefix(_HIDDEN)}" if name.startswith(_HIDDEN) else name


def _filled(text: str, tokens: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda match: tokens[match[1]], text)


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _our_version() -> str:
    """The release that the package is written for; its dependency begins there."""
    try:
        return ".".join(version("jackfield").split(".")[:2])
    except PackageNotFoundError:
        return "0"
