"""What the embedded server's faculties are; `faculties` loads them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jackfield_local.speech import Call, Ears, Say, Thought, Voice, VoiceActivity

RULES, SCRIPT, CHAT = "rules", "script", "chat"


class ClosableMind(Protocol):
    """A `Mind` that has something to give back at the end."""

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None: ...

    def respond(self, thought: Thought) -> AsyncIterator[Say | Call]: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class MindSettings:
    """Which mind, and what it needs.

    `kind` "rules" needs nothing. "script" needs `script`, the path of a YAML file (its format is in
    `minds/script.py`). "chat" needs `base_url` (before `/chat/completions`) and `model`, perhaps `api_key`,
    and passes `options` on in each request.
    """

    kind: str = RULES
    script: Path | None = None
    base_url: str = ""
    model: str = ""
    api_key: str = field(default="", repr=False)
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Faculties:
    """All of them. `ears` and `voice` block and belong in an executor (each call of `ears` alone; `voice`
    may speak for several lines at once); `new_activity` makes the activity of one line; `mind` runs on the
    loop and never holds it up."""

    ears: Ears
    voice: Voice
    mind: ClosableMind
    new_activity: Callable[[], VoiceActivity]

    async def aclose(self) -> None:
        """Close the mind. Idempotent."""
        await self.mind.aclose()
