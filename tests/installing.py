"""Plugins with real metadata, installed into a folder on the import path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent


@dataclass
class Site:
    """A folder on the import path into which distributions are written as an installer would."""

    folder: Path

    def install(
        self, name: str, source: str, *, value: str = "", version: str = "1.2", requires: str = ""
    ) -> None:
        """A distribution `probe-NAME` whose plugin NAME is the module `probe_NAME`."""
        (self.folder / f"probe_{name}.py").write_text(dedent(source))
        self.describe(name, f"[jackfield]\n{name} = {value or f'probe_{name}'}\n", version, requires)

    def describe(self, name: str, entry_points: str, version: str = "1.2", requires: str = "") -> None:
        info = self.folder / f"probe_{name}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: probe-{name}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(entry_points)
        importlib.invalidate_caches()


@contextmanager
def on_the_path(folder: Path) -> Iterator[Site]:
    """What was imported from there is forgotten afterwards."""
    sys.path.insert(0, str(folder))
    yield Site(folder)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("probe_")]:
        del sys.modules[name]
