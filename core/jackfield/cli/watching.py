"""Which files a running project is made of, and which of them have changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from watchfiles import awatch

from jackfield.config.prompts import SCHEME
from jackfield.plugins.code import Code

LOOK_EVERY = 1_000
"""Milliseconds after which files are looked at although nothing was told of them: on some disks nothing ever
is."""

_PROMPT = re.compile(rf"{SCHEME}([^\s\"']+)")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was in each file, as a digest; "" for one that could not be read. `plugins` tells whose each file
    is, those of agents.yaml having no owner."""

    digests: Mapping[Path, str]
    plugins: Mapping[Path, frozenset[str]]

    @classmethod
    def of(cls, agents: Path, codes: Iterable[Code]) -> Self:
        """Of agents.yaml, the prompts that it names, and the plugins' code."""
        plugins: dict[Path, frozenset[str]] = {path: frozenset() for path in [agents, *_prompts(agents)]}
        for code in codes:
            for path in code.files:
                plugins[path] = plugins.get(path, frozenset()) | {code.plugin}
        return cls({path: _digest(path) for path in plugins}, plugins)

    @property
    def folders(self) -> frozenset[Path]:
        return frozenset(path.absolute().parent for path in self.digests)

    def since(self, former: Snapshot) -> frozenset[Path]:
        """The files that are not as they were; those that nobody knew of have not changed."""
        known = self.digests.keys() & former.digests.keys()
        return frozenset(path for path in known if self.digests[path] != former.digests[path])

    def owners(self, paths: Iterable[Path]) -> frozenset[str]:
        """The plugins that any of these belongs to."""
        return frozenset(plugin for path in paths for plugin in self.plugins[path])


async def stirrings(folders: frozenset[Path]) -> AsyncIterator[None]:
    """Yields whenever something may have happened in one of the folders, and now and then."""
    there = [folder for folder in sorted(folders) if folder.is_dir()]
    async for _ in awatch(
        *there, recursive=False, debounce=300, rust_timeout=LOOK_EVERY, yield_on_timeout=True
    ):
        yield


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _prompts(agents: Path) -> list[Path]:
    """The files that hold instructions, as far as agents.yaml names them in so many words."""
    try:
        text = agents.read_text("utf-8", errors="replace")
    except OSError:
        return []
    return [agents.parent / name for name in _PROMPT.findall(text)]
