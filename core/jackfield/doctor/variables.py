"""The environment variables that agents.yaml speaks of: set, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from jackfield.doctor.finding import Finding, fail, ok, warn

_REFERENCE = re.compile(r"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(:-[^}]*)?\}")
_PRIVATE = re.compile(r"key|secret|password|token|authorization|headers|env|fixed|plugins", re.IGNORECASE)
_SHORTEST = 6

STAND_IN = "https://not-set.invalid"
"""Stands for a variable that is not set, so that the rest of the file can be looked at."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One mention: `where` in the file, as keys."""

    name: str
    where: tuple[str, ...]
    optional: bool

    @property
    def private(self) -> bool:
        """Whether its value must not be shown."""
        return any(_PRIVATE.search(key) for key in self.where)

    @property
    def owner(self) -> str:
        """The provider, server or agent whose setting it is; "" for none."""
        return self.where[1] if len(self.where) > 1 else ""

    @property
    def provider(self) -> str:
        """The provider whose setting it is; "" for none."""
        return self.owner if self.where[0] == "providers" else ""


def mentioned(text: str) -> list[Variable]:
    """All of a file; none of one that is no YAML."""
    try:
        return list(_walk(yaml.safe_load(text), ()))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []


def _walk(node: object, where: tuple[str, ...]) -> Iterator[Variable]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, (*where, str(key)))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _walk(value, (*where, str(at)))
    elif isinstance(node, str) and where:
        for name, default in _REFERENCE.findall(node):
            yield Variable(name, where, bool(default))


def unset(variables: list[Variable], environ: Mapping[str, str]) -> list[Variable]:
    return [each for each in variables if not each.optional and not environ.get(each.name)]


def judged(variables: list[Variable], environ: Mapping[str, str], used: frozenset[str]) -> Iterator[Finding]:
    """One line for each name. What only a provider that no agent uses needs may be missing."""
    missing = unset(variables, environ)
    for name in dict.fromkeys(each.name for each in variables):
        places = [each for each in variables if each.name == name]
        what, where = f"variable {name}", ", ".join(".".join(each.where) for each in places)
        needed = [each for each in places if each in missing]
        if not needed:
            told = "set" if environ.get(name) else "not set, and has a default"
            yield ok(what, f"{told} ({where})")
        elif all(each.provider and each.provider not in used for each in needed):
            yield warn(what, f"not set ({where}); no agent uses that provider")
        else:
            yield fail(what, f"not set ({where})", f"export {name}=…")


def secrets(variables: list[Variable], environ: Mapping[str, str]) -> list[str]:
    """The values that must not be shown, the longest first."""
    values = {environ.get(each.name, "") for each in variables if each.private}
    return sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)
