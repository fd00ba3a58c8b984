"""Candidates: what may be a plugin, before any of it is imported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distributions, version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pluggy import PluginValidationError

from jackfield.errors import PluginError
from jackfield.hookspecs import GROUP
from jackfield.plugins.report import Fault
from jackfield.tools.invocation import first_line

log = logging.getLogger(__name__)

DISTRIBUTION = "jackfield"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`load` imports it, and may raise anything; `value` is what the entry point says, `requires` what its
    distribution needs."""

    name: str
    distribution: str
    version: str
    value: str
    load: Callable[[], object]
    built_in: bool = False
    requires: tuple[str, ...] = ()

    def misfit(self) -> Fault | None:
        """Which version of Jackfield it needs, where that is another one than this."""
        ours = _our_version()
        for line in self.requires:
            wanted = _requirement(line)
            if wanted is None or canonicalize_name(wanted.name) != DISTRIBUTION:
                continue
            applies = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
            if ours and applies and not wanted.specifier.contains(ours, prereleases=True):
                reason = f"it needs {DISTRIBUTION} {wanted.specifier}, and this is {ours}"
                return Fault(reason, f"pip install --upgrade {self.distribution} {DISTRIBUTION}")
        return None

    def fault(self, error: BaseException) -> Fault:
        """Why it could not be loaded, and what to do."""
        if isinstance(error, PluginError):
            return Fault(str(error), f"correct {self.distribution}")
        if isinstance(error, PluginValidationError):
            words = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
            return Fault(f"pluggy refuses it: {words}", f"correct the hook in {self.distribution}")
        if isinstance(error, ModuleNotFoundError) and error.name and error.name not in self.value:
            return Fault(f"it needs {error.name}, which is not installed", f"pip install {error.name}")
        words = f"{self.value} cannot be imported: {type(error).__name__}: {first_line(error)}"
        module = self.value.partition(":")[0]
        return Fault(words, f'see `python -c "import {module}"`, or uninstall {self.distribution}')


def built_in(plugin: object) -> Candidate:
    """One of our own: named after the last part of its module."""
    name = str(getattr(plugin, "__name__", type(plugin).__name__))
    return Candidate(
        name.rpartition(".")[2].lower(), "jackfield", _our_version(), name, lambda: plugin, built_in=True
    )


def installed() -> list[Candidate]:
    """Everything on the path with an entry point of our group, by name.

    Distributions are read one by one: one with broken metadata hides no other. Where the same one is on
    the path twice, the first is meant, as in an import.
    """
    found: dict[tuple[str, str, str], Candidate] = {}
    for distribution in distributions():
        for candidate in _candidates(distribution):
            found.setdefault((candidate.name, candidate.value, candidate.distribution), candidate)
    return sorted(found.values(), key=lambda each: (each.name, each.distribution))


def _candidates(distribution: Distribution) -> Iterator[Candidate]:
    try:
        for entry_point in distribution.entry_points:
            if entry_point.group == GROUP:
                name = str(distribution.metadata["Name"])
                number = str(distribution.metadata["Version"])
                needs = tuple(distribution.requires or ())
                value, load = entry_point.value, entry_point.load
                yield Candidate(entry_point.name, name, number, value, load, requires=needs)
    except Exception as error:
        log.warning("the metadata of an installed package cannot be read: %s", first_line(error))


def _requirement(line: str) -> Requirement | None:
    """None for a line that is none: pip would have refused it."""
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _our_version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""
