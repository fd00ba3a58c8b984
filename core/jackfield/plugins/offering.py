"""What one plugin offers, while one of its hooks is called; taken over only if the hook ends well."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING

from jackfield.errors import PluginError
from jackfield.hookspecs import Settings
from jackfield.tools.source import FunctionSource

if TYPE_CHECKING:
    from jackfield.providers.base import Provider

MakeProvider = Callable[[Settings], "Provider"]
Speak = Callable[[str], bytes]

REGISTERING = ("register_tools", "register_providers", "register_voices")
"""The hooks that are handed a `register`."""


class Offering:
    """`registers` holds what each registering hook is handed. A name that is taken stays with its owner."""

    def __init__(self, plugin: str, kinds: Container[str], voices: Container[str]) -> None:
        self.source = FunctionSource(plugin)
        self.kinds: dict[str, MakeProvider] = {}
        self.voices: dict[str, Speak] = {}
        self._taken_kinds = kinds
        self._taken_voices = voices
        self.registers: dict[str, Callable[..., None]] = {
            "register_tools": self.source.register,
            "register_providers": self.register_kind,
            "register_voices": self.register_voice,
        }

    def register_kind(self, kind: str, make: MakeProvider) -> None:
        if kind in self._taken_kinds:
            raise PluginError(f"the provider kind {kind} is offered by another plugin already")
        self.kinds[kind] = make

    def register_voice(self, name: str, speak: Speak) -> None:
        if name in self._taken_voices:
            raise PluginError(f"the voice {name} is offered by another plugin already")
        self.voices[name] = speak
