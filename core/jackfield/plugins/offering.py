"""What one plugin offers, while one of its hooks is called; taken over only if the hook ends well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jackfield.calls import CallPolicy
from jackfield.errors import PluginError
from jackfield.hookspecs import Settings
from jackfield.plugins.sources import GuardedSource
from jackfield.tools.source import FunctionSource
from jackfield.tools.tool import ToolSource

if TYPE_CHECKING:
    import click

    from jackfield.providers.base import Provider
    from jackfield.providers.credential import Credential

MakeProvider = Callable[[Settings], "Provider"]
Speak = Callable[[str], bytes]
MakeCredential = Callable[[str, str], "Credential"]

REGISTERING = (
    "register_tools",
    "register_tool_sources",
    "register_providers",
    "register_voices",
    "register_credentials",
    "register_commands",
)
"""The hooks that are handed a `register`."""


@dataclass(slots=True)
class Goods:
    """What was registered, and by which `hooks`. `sources` are those with tools of their own, `functions` the
    plugin's own one."""

    hooks: list[str] = field(default_factory=list)
    functions: FunctionSource | None = None
    sources: dict[str, GuardedSource] = field(default_factory=dict)
    kinds: dict[str, MakeProvider] = field(default_factory=dict)
    voices: dict[str, Speak] = field(default_factory=dict)
    credentials: dict[str, MakeCredential] = field(default_factory=dict)
    commands: dict[str, click.Command] = field(default_factory=dict)

    def names(self, what: str) -> Iterable[str]:
        """The names of one sort that are given away: of a source, a provider kind, a voice, …."""
        named: dict[str, Iterable[str]] = {
            "source": self.sources,
            "provider kind": self.kinds,
            "voice": self.voices,
            "kind of credential": self.credentials,
            "command": self.commands,
        }
        return named[what]

    def add(self, other: Goods) -> None:
        self.hooks += other.hooks
        self.functions = other.functions or self.functions
        self.sources |= other.sources
        self.kinds |= other.kinds
        self.voices |= other.voices
        self.credentials |= other.credentials
        self.commands |= other.commands

    @property
    def tool_sources(self) -> list[ToolSource]:
        functions: list[ToolSource] = [] if self.functions is None else [self.functions]
        return [*functions, *self.sources.values()]

    @property
    def policies(self) -> Mapping[str, CallPolicy]:
        """What the authors of tools asked for, by qualified tool name."""
        found: dict[str, CallPolicy] = {} if self.functions is None else dict(self.functions.policies)
        for source in self.sources.values():
            found |= source.policies
        return found


class Offering:
    """What one hook of `plugin` is handed as `register`, and what it has registered so far.

    `taken` tells the names that others than a plugin have, of one sort, each with its owner. Such a name
    stays with its owner: the hook is told so by a `PluginError`.
    """

    def __init__(
        self, plugin: str, hook: str, taken: Callable[[str, str], Mapping[str, str]], settings: object
    ) -> None:
        self.plugin = plugin
        self.goods = Goods([hook])
        self._hook = hook
        self._settings = settings
        self._taken = taken

    @property
    def register(self) -> Callable[..., None]:
        if self._hook == "register_tools":
            self.goods.functions = FunctionSource(self.plugin, self._settings)
            return self.goods.functions.register
        registers: dict[str, Callable[..., None]] = {
            "register_tool_sources": self._source,
            "register_providers": self._kind,
            "register_voices": self._voice,
            "register_credentials": self._credential,
            "register_commands": self._command,
        }
        return registers[self._hook]

    def _source(self, source: ToolSource, *, policies: Mapping[str, CallPolicy] | None = None) -> None:
        guarded = GuardedSource(self.plugin, source, policies or {})
        self._claim("source", guarded.name, self.goods.sources)
        self.goods.sources[guarded.name] = guarded

    def _kind(self, kind: str, make: MakeProvider) -> None:
        self._claim("provider kind", kind, self.goods.kinds)
        self.goods.kinds[kind] = make

    def _voice(self, name: str, speak: Speak) -> None:
        self._claim("voice", name, self.goods.voices)
        self.goods.voices[name] = speak

    def _credential(self, kind: str, make: MakeCredential) -> None:
        self._claim("kind of credential", kind, self.goods.credentials)
        self.goods.credentials[kind] = make

    def _command(self, command: click.Command) -> None:
        name = getattr(command, "name", None)
        if not name or not callable(getattr(command, "main", None)):
            raise PluginError(f"{command!r} is no command of click with a name")
        self._claim("command", name, self.goods.commands)
        self.goods.commands[name] = command

    def _claim(self, what: str, name: str, own: Mapping[str, object]) -> None:
        owner = "this plugin itself" if name in own else self._taken(self.plugin, what).get(name)
        if owner is not None:
            raise PluginError(f"the {what} {name} is offered by {owner} already")
