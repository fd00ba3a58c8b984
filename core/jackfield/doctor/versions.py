"""Python, and the packages that Jackfield is made of."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from jackfield.doctor.finding import Finding, fail, ok

SHOWN = ("jackfield", "aiortc", "httpx", "mcp", "pydantic", "websockets")


def looked_at() -> list[Finding]:
    wanted = [Requirement(line) for line in requires("jackfield") or []]
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    return list(judged(needed, {name: _version(name) for name in (*SHOWN, *(each.name for each in needed))}))


def judged(needed: list[Requirement], there: Mapping[str, str]) -> Iterator[Finding]:
    """`there` has "" for a package that is not installed."""
    for each in needed:
        found = there.get(each.name, "")
        if not found:
            yield fail("packages", f"{each.name} is not installed", f'pip install "{each}"')
        elif not each.specifier.contains(found, prereleases=True):
            yield fail("packages", f"{each.name} is {found}, not {each.specifier}", f'pip install "{each}"')
    shown = ", ".join(f"{name} {there[name]}" for name in SHOWN if there.get(name))
    yield ok("versions", f"Python {platform.python_version()}, {shown}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
