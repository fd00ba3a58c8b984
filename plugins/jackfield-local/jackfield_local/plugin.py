"""What the entry point `local` names: the provider kind `local`, and a voice for callers who type."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

import click

from jackfield import hookimpl
from jackfield.hookspecs import RegisterCommand, RegisterProvider, RegisterVoice
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


class _Commands(click.Group):
    """`jackfield local …`: what `jackfield-local …` does. Imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get_command(ctx, cmd_name)


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    register(
        _Commands("local", help="The embedded Realtime server by hand: serve it, call an agent by phone.")
    )


def _commands() -> click.Group:
    return cast(click.Group, import_module("jackfield_local.cli").main)


@cache
def _voice() -> Voice:
    # Imported when somebody types to be spoken: half a second, and a hundred megabytes, that a runtime
    # does without.
    return cast(Voice, import_module("jackfield_local.faculties").load_voice())
