"""The hooks a plugin may implement. Each may ask for fewer arguments than are offered.

A plugin is a module (or an object) that an entry point of the group "jackfield" names; it marks its
implementations with `@jackfield.hookimpl`. An exception in any of them is logged with the plugin's
name and harms nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from pluggy import HookimplMarker, HookspecMarker

from jackfield.calls import CallPolicy, Json
from jackfield.notices import Notice

if TYPE_CHECKING:
    from jackfield.providers.base import Provider

GROUP = "jackfield"
"""The entry point group, and pluggy's project name."""

hookspec = HookspecMarker(GROUP)
hookimpl = HookimplMarker(GROUP)

Settings = Mapping[str, Json]
"""A plugin's own section of agents.yaml (`plugins: NAME: …`), as it stands there."""


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


@hookspec
def register_tools(register: RegisterTool, settings: Settings) -> None:
    """Called once, when the runtime starts: offer functions that agents may call.

        @jackfield.hookimpl
        def register_tools(register):
            register(now)

    A function's name, docstring and type hints become the tool's name, description and schema; in
    agents.yaml it is `plugin.function`. Not async.
    """


@hookspec
def register_providers(register: RegisterProvider) -> None:
    """Called once, when the runtime starts: offer a kind of Realtime service.

        @jackfield.hookimpl
        def register_providers(register):
            register("local", LocalProvider.from_settings)

    Not async; `make` must not connect to anything, `Provider.start` does.
    """


@hookspec
def register_voices(register: RegisterVoice) -> None:
    """Called once, when plugins are loaded: offer a voice for the caller's side, as `jackfield talk --say`
    needs one.

        @jackfield.hookimpl
        def register_voices(register):
            register("robot", speak)

    Not async; load nothing here that `speak` can load when it is first called.
    """


@hookspec
def notice(notice: Notice, session_id: str) -> None:
    """Called for every notice of every session, at once and in order, on the loop that serves the
    session: be fast, never wait. Observers only; nothing that it returns or raises changes anything.
    """
