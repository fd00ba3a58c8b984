"""From a file to a `Config`, or to all that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from jackfield.config.document import Document
from jackfield.config.explain import explain
from jackfield.config.filled import filled
from jackfield.config.kinds import KINDS
from jackfield.config.models import Config
from jackfield.config.notes import notes, of_a_provider
from jackfield.config.prompts import read_prompts
from jackfield.config.relations import LOCAL, relations, table
from jackfield.config.report import Page, Problem, render
from jackfield.config.routes import routes
from jackfield.config.servers import ProviderConfig
from jackfield.config.source import Unreadable
from jackfield.errors import ConfigurationError


@dataclass(frozen=True)
class Reading:
    """A file that was read without problems: what it says, where it says it, and what is worth knowing."""

    config: Config
    document: Document
    notes: list[Problem]


def load(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read agents.yaml; `environ` is the process's own environment unless given.

    Raises `ConfigurationError` with every problem there is, each with its line; no secret is in it.
    """
    return read(path, environ).config


def read(path: Path, environ: Mapping[str, str] | None = None) -> Reading:
    """As `load`, with the places kept for further checks."""
    return interpret(Page(str(path), _text(path)), path.parent, os.environ if environ is None else environ)


def interpret(page: Page, folder: Path, environ: Mapping[str, str]) -> Reading:
    """As `read`, for a text that is in memory already; `folder` is where its relative paths start."""
    try:
        document = Document.read(page, environ, folder)
    except Unreadable as unreadable:
        problem = unreadable.problem
    else:
        return _interpret(document, folder)
    raise refusal(page, [problem])


def refusal(page: Page, problems: list[Problem]) -> ConfigurationError:
    """The error that tells all problems of a file."""
    count = len(set(problems))
    head = f"{page.name} has {'a problem' if count == 1 else f'{count} problems'}"
    return ConfigurationError(f"{head}\n\n{render(page, problems)}")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(
            f"{path} cannot be read ({reason}); name another file, or create it"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from None


def _interpret(document: Document, folder: Path) -> Reading:
    used = _used_providers(document)
    problems = [*document.problems, *_unset(document, used), *relations(document), *routes(document)]
    config = _validated(document, problems)
    prompts = read_prompts(document, folder, problems)
    if problems or config is None:
        raise refusal(document.page, problems)
    config = filled(config, folder.resolve(), prompts)
    config._document = document
    return Reading(config, document, notes(document, config, used))


def _used_providers(document: Document) -> set[str]:
    """The names of the providers that some agent uses."""
    top = table(document).get("provider", LOCAL)
    agents = [table(document, "agents", name) for name in table(document, "agents")]
    named = [agent.get("provider", top) for agent in agents if "transfer" not in agent]
    lists = [table(document, "defaults").get("fallback"), *(agent.get("fallback") for agent in agents)]
    named += [name for names in lists if isinstance(names, list) for name in names]
    return {name for name in named if isinstance(name, str)}


def _unset(document: Document, used: set[str]) -> Iterator[Problem]:
    """What the environment lacks, except for providers that nobody uses: their keys are not needed."""
    for where, problems in document.unset.items():
        if not of_a_provider(where) or where[1] in used:
            yield from problems


def _validated(document: Document, problems: list[Problem]) -> Config | None:
    """The file as a `Config`; None, and more problems, if it is none."""
    for name, section in table(document, "providers").items():
        problems.extend(_provider_problems(document, name, section))
    data = document.data
    if isinstance(data, dict):
        data = {key: value for key, value in data.items() if not key.startswith("x-")}
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        problems.extend(explain(document, Config, error))
        return None


def _provider_problems(document: Document, name: str, section: object) -> list[Problem]:
    if not isinstance(section, dict):
        return []
    kind = section.get("kind") or name
    settings = {key: value for key, value in section.items() if key not in ProviderConfig.model_fields}
    if not isinstance(kind, str) or kind not in KINDS:
        return []
    try:
        KINDS[kind].model_validate(settings)
    except ValidationError as error:
        return explain(document, KINDS[kind], error, ("providers", name))
    return []
