"""The embedded server's faculties, loaded and warm: `load(MindSettings(...)) -> Faculties`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from jackfield.errors import ConfigurationError
from jackfield_local import models
from jackfield_local.activity import Silero
from jackfield_local.ears import MoonshineEars
from jackfield_local.minds.chat import ChatMind, ChatSettings
from jackfield_local.minds.rules import RulesMind
from jackfield_local.minds.script import ScriptMind, load_script
from jackfield_local.moonshine import Moonshine
from jackfield_local.sentences import MiniLM
from jackfield_local.speech import EAR_RATE, Call, Ears, Say, Thought, Voice, VoiceActivity
from jackfield_local.tokens import Tokens
from jackfield_local.voice import HibariVoice

RULES, SCRIPT, CHAT = "rules", "script", "chat"

_THREADS = 2
"""For recognition: of the whole process, because one utterance is understood at a time."""


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


def load(mind: MindSettings | None = None) -> Faculties:
    """Load everything, verified and warmed up: blocks for 1 to 2 s.

    Raises `models.ModelError` for weights that are missing or changed, and `jackfield.ConfigurationError`
    for a mind that does not exist or lacks something; both say what to do.
    """
    thinking = load_mind(mind or MindSettings())
    silero = Silero(models.locate(models.SILERO))
    return Faculties(load_ears(silero), load_voice(), thinking, silero.line)


def load_ears(silero: Silero | None = None) -> MoonshineEars:
    """The ears alone. Raises `models.ModelError`."""
    encoder, decoder = models.locate(models.ENCODER), models.locate(models.DECODER)
    tokens = Tokens(models.locate(models.TOKENS))
    hearing = silero or Silero(models.locate(models.SILERO))
    moonshine = Moonshine(encoder, decoder, _THREADS)
    ears = MoonshineEars(moonshine, tokens, hearing)
    ears.warm_up(np.zeros(EAR_RATE, dtype=np.float32))
    return ears


def load_voice() -> HibariVoice:
    """The voice alone. Raises `models.ModelError`."""
    return HibariVoice(models.locate(models.HIBARI))


def load_mind(settings: MindSettings) -> ClosableMind:
    """The mind alone. Raises as `load` does."""
    if settings.kind == RULES:
        return RulesMind(
            MiniLM(models.locate(models.SENTENCES), models.locate(models.SENTENCE_TOKENS), _THREADS)
        )
    if settings.kind == SCRIPT:
        if settings.script is None:
            raise ConfigurationError("the script mind needs the path of a script: set mind.script")
        return ScriptMind(load_script(settings.script))
    if settings.kind == CHAT:
        if not settings.base_url or not settings.model:
            raise ConfigurationError("the chat mind needs mind.base_url and mind.model")
        options = ChatSettings(settings.base_url, settings.model, settings.api_key, options=settings.options)
        return ChatMind(options)
    raise ConfigurationError(f'there is no mind "{settings.kind}"; there are {RULES}, {SCRIPT} and {CHAT}')
