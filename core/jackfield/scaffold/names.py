"""What a new package, its module and its plugin are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from jackfield.errors import ConfigurationError

MOST = 32
"""Letters of a name: on the wire, the 64 of a function's name are for the plugin's and the tool's."""

PREFIX = "jackfield-"
_SHAPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PackageName:
    """`plugin` is the entry point's name, with which the tools begin: `parcels` in `parcels.where_is`."""

    plugin: str
    distribution: str
    module: str

    @classmethod
    def of_plugin(cls, name: str) -> Self:
        """`parcels`, or `jackfield-parcels`. Raises `ConfigurationError` for what cannot be a name."""
        plugin = _checked(name.removeprefix(PREFIX), name)
        return cls(plugin, f"{PREFIX}{plugin}", f"jackfield_{plugin.replace('-', '_')}")

    @classmethod
    def of_project(cls, name: str) -> Self:
        """`front-desk`. Raises `ConfigurationError` for what cannot be a name."""
        plugin = _checked(name, name)
        return cls(plugin, plugin, f"{plugin.replace('-', '_')}_tools")

    def tokens(self) -> dict[str, str]:
        """What stands for `@name@` in templates, by name."""
        title = self.plugin.replace("-", " ").capitalize()
        return {
            "plugin": self.plugin,
            "distribution": self.distribution,
            "module": self.module,
            "title": title,
        }


def _checked(name: str, given: str) -> str:
    if _SHAPE.fullmatch(name) and len(name) <= MOST:
        return name
    near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:MOST].strip("-")
    hint = f'; try "{near}"' if near else ""
    raise ConfigurationError(
        f'"{given}" cannot be the name of a package: at most {MOST} small letters, digits and single '
        f"hyphens, beginning with a letter{hint}"
    )
