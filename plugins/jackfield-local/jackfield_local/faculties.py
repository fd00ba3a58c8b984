"""The embedded server's faculties, loaded and warm: `load(MindSettings(...)) -> Faculties`."""

from __future__ import annotations

import numpy as np

from jackfield.errors import ConfigurationError
from jackfield_local import models
from jackfield_local.activity import Silero
from jackfield_local.ears import MoonshineEars
from jackfield_local.faculty import CHAT, RULES, SCRIPT, ClosableMind, Faculties, MindSettings
from jackfield_local.minds.chat import ChatMind, ChatSettings
from jackfield_local.minds.rules import RulesMind
from jackfield_local.minds.script import ScriptMind, load_script
from jackfield_local.moonshine import Moonshine
from jackfield_local.sentences import MiniLM
from jackfield_local.speech import EAR_RATE
from jackfield_local.tokens import Tokens
from jackfield_local.voice import HibariVoice

__all__ = [
    "CHAT",
    "RULES",
    "SCRIPT",
    "ClosableMind",
    "Faculties",
    "MindSettings",
    "load",
    "load_ears",
    "load_mind",
    "load_voice",
]

_THREADS = 2
"""For recognition: of the whole process, because one utterance is understood at a time."""


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
