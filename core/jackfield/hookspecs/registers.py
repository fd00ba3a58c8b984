"""What the hooks that are called when plugins are loaded are handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from jackfield.calls import CallPolicy, Json
from jackfield.tools.tool import ToolSource

if TYPE_CHECKING:
    import click
    from pydantic import BaseModel

    from jackfield.providers.base import Provider
    from jackfield.providers.credential import Credential

Settings = Mapping[str, Json]
"""A section of agents.yaml (`plugins: NAME: …`, `providers: NAME: …`) as it stands there, environment filled
in."""

Checked: TypeAlias = "Settings | BaseModel"
"""A plugin's own section: an instance of its `settings_model`, or, where it has none, as it stands there."""


class RegisterTool(Protocol):
    """What `register_tools` is handed."""

    def __call__(
        self,
        function: Callable[..., object],
        *,
        name: str | None = None,
        policy: CallPolicy | None = None,
        read_only: bool = False,
        idempotent: bool = False,
    ) -> None: ...


class RegisterToolSource(Protocol):
    """What `register_tool_sources` is handed: anything that fits `jackfield.ToolSource`, and what its author
    asks for its tools, by qualified name.

    Its name is the part before the dot in agents.yaml: a letter and up to 39 more letters, digits, _ or -.
    Raises `PluginError` for a name that is taken, by a plugin, an MCP server or another source.
    """

    def __call__(self, source: ToolSource, *, policies: Mapping[str, CallPolicy] | None = None) -> None: ...


class RegisterProvider(Protocol):
    """What `register_providers` is handed: a kind of provider, and how to make one from its settings.

    `settings` is the provider's section of agents.yaml (`providers: NAME: …`), environment filled in.
    """

    def __call__(self, kind: str, make: Callable[[Settings], Provider]) -> None: ...


class RegisterVoice(Protocol):
    """What `register_voices` is handed: a name, and a function from a sentence to its sound.

    The sound is s16le mono at 24 kHz. `speak` may take its time, and may raise `MediaError`.
    """

    def __call__(self, name: str, speak: Callable[[str], bytes]) -> None: ...


class RegisterCredential(Protocol):
    """What `register_credentials` is handed: a word for `credential:` in a provider's section, and a function
    that makes such a credential. `make` is given the provider's name in agents.yaml and the header that a key
    goes into: `Authorization` (as a bearer token), or one of the service's own."""

    def __call__(self, kind: str, make: Callable[[str, str], Credential]) -> None: ...


class RegisterCommand(Protocol):
    """What `register_commands` is handed: a command, or a group of them, of the library click."""

    def __call__(self, command: click.Command) -> None: ...
