"""What a service says of the session it has opened, held against what it was asked for (§2).

Services may take an option and do something else: `semantic_vad` has been seen to become `server_vad`, a
voice another one. What the service does not speak of is not known, and what it adds was left to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isclose

from jackfield.calls import Json

Path = tuple[str, ...]

COMPARED: tuple[Path, ...] = (
    ("audio", "output", "voice"),
    ("audio", "output", "speed"),
    ("audio", "input", "turn_detection"),
    ("audio", "input", "transcription"),
    ("audio", "input", "noise_reduction"),
    ("truncation",),
    ("max_output_tokens",),
    ("reasoning",),
    ("parallel_tool_calls",),
    ("tracing",),
    ("prompt", "id"),
    ("include",),
)
"""What a session keeps as long as it lives. Instructions and tools change with every agent, and an answer
about them may be of the time before."""

UNSAID = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the session object by its path with dots, and both values as text."""

    field: str
    asked: str
    given: str


@dataclass
class Echo:
    """What one session at a service was `asked` to be, and which differences were told already."""

    asked: Mapping[str, Json]
    told: set[Difference] = field(default_factory=set)

    def news(self, described: Mapping[str, Json]) -> list[Difference]:
        """The differences that are new in this description of the session."""
        fresh = [each for each in differences(self.asked, described) if each not in self.told]
        self.told.update(fresh)
        return fresh


def differences(asked: Mapping[str, Json], described: Mapping[str, Json]) -> Iterator[Difference]:
    """In the order of `COMPARED`."""
    for path in COMPARED:
        yield from _between(_at(asked, path), _at(described, path), path)


def _between(asked: Json, given: Json, path: Path) -> Iterator[Difference]:
    if asked is UNSAID or given is UNSAID or _same(asked, given):
        return
    if isinstance(asked, dict) and isinstance(given, dict):
        if _same(asked.get("type"), given.get("type")):
            for key, value in asked.items():
                yield from _between(value, given.get(key, UNSAID), (*path, key))
            return
        asked, given, path = asked.get("type"), given.get("type"), (*path, "type")
    yield Difference(".".join(path), _text(asked), _text(given))


def _same(asked: Json, given: Json) -> bool:
    if isinstance(asked, int | float) and isinstance(given, int | float):
        return isclose(asked, given, abs_tol=1e-3)
    if isinstance(given, dict) and given.keys() == {"id"}:
        return asked in (given, given["id"])  # a voice, as the object that some models answer with
    if asked == "auto" and isinstance(given, dict):
        return True  # what the service makes of it
    return asked == given


def _at(tree: Json, path: Path) -> Json:
    for key in path:
        if not isinstance(tree, Mapping) or key not in tree:
            return UNSAID
        tree = tree[key]
    return tree


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
