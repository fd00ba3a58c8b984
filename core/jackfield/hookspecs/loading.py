"""The hooks that are called when plugins are loaded."""

from __future__ import annotations

from collections.abc import Callable

from jackfield.hookspecs.markers import hookspec
from jackfield.hookspecs.registers import (
    Checked,
    RegisterCommand,
    RegisterCredential,
    RegisterProvider,
    RegisterTool,
    RegisterToolSource,
    RegisterVoice,
)


@hookspec
def register_tools(register: RegisterTool, settings: Checked) -> None:
    """Called once, when the runtime starts: offer functions that agents may call.

        @jackfield.hookimpl
        def register_tools(register):
            register(now)

    A function's name, docstring and type hints become the tool's name, description and schema; in
    agents.yaml it is `plugin.function`. Not async.
    """


@hookspec
def register_tool_sources(
    register: RegisterToolSource, settings: Checked, changed: Callable[[], None]
) -> None:
    """Called once, when the runtime starts: offer places that have tools of their own.

        @jackfield.hookimpl
        def register_tool_sources(register, settings):
            for name, api in settings.apis.items():
                register(Api(name, api))

    A plugin may offer any number of sources, named as it likes or as its settings say; in agents.yaml a tool
    is `source.tool`. A source's tools may come and go: call `changed`, from any thread, when they have.
    `tools` and `aside` are asked often, and must not wait; a source that raises then has the tools that it
    had. Not async.
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
def register_credentials(register: RegisterCredential, settings: Checked) -> None:
    """Called once, when plugins are loaded: offer a kind of credential, by the word that stands after
    `credential:` in a provider's section of agents.yaml.

        @jackfield.hookimpl
        def register_credentials(register):
            register("vault", lambda provider, header: VaultKey(provider, header))

    Not async; `make` must not ask for the secret, the credential's `headers` does.
    """


@hookspec
def register_commands(register: RegisterCommand) -> None:
    """Called once, when plugins are loaded: offer commands of the library click, which become commands of
    `jackfield`.

        @jackfield.hookimpl
        def register_commands(register):
            register(report)

    Not async; load nothing here that the command can load when it is run. The names of Jackfield's own
    commands are taken.
    """
