"""What the entry point `local` names: the provider kind `local`, and a voice for callers who type."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from jackfield import hookimpl
from jackfield.hookspecs import RegisterProvider, RegisterVoice
from jackfield_local.engine.audio_formats import to_pcm
from jackfield_local.provider import KIND, LocalProvider
from jackfield_local.speech import Voice

CALLER = "cedar"
"""The caller's voice: another one than most agents have, so that a recording can be followed."""


@hookimpl
def register_providers(register: RegisterProvider) -> None:
    register(KIND, LocalProvider.from_settings)


@hookimpl
def register_voices(register: RegisterVoice) -> None:
    register(CALLER, speak)


def speak(text: str) -> bytes:
    """Say `text`: s16le mono at 24 kHz. The first call loads the model."""
    return b"".join(to_pcm(piece) for piece in _voice().speak(text, CALLER, 1.0))


@cache
def _voice() -> Voice:
    # Imported when somebody types to be spoken: half a second, and a hundred megabytes, that a runtime
    # does without.
    return cast(Voice, import_module("jackfield_local.faculties").load_voice())
