"""The hooks a plugin may implement. Each may ask for fewer arguments than are offered.

A plugin is a module (or an object) that an entry point of the group "jackfield" names; it marks its
implementations with `@jackfield.hookimpl`. An exception in any of them is logged with the plugin's
name and harms nobody else.

Attributes of the plugin say more about its hooks around function calls; each may be a property:

    critical = True     where they fail, the call is denied; otherwise it goes on without them
    patience = 5.0      seconds that each of them may take, `PATIENCE` if it does not say
    idle = True         they are not called at all, so that calls pay nothing for a plugin that has nothing
                        to do; asked once, after the registering hooks
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, Self

from pluggy import HookimplMarker, HookspecMarker

from jackfield.calls import Arguments, CallPolicy, Json, Outcome
from jackfield.notices import Notice

if TYPE_CHECKING:
    from jackfield.providers.base import Provider

GROUP = "jackfield"
"""The entry point group, and pluggy's project name."""

PATIENCE = 1.0
"""Seconds that a hook around a function call may take, if its plugin does not say."""

hookspec = HookspecMarker(GROUP)
hookimpl = HookimplMarker(GROUP)

Settings = Mapping[str, Json]
"""A plugin's own section of agents.yaml (`plugins: NAME: …`), as it stands there."""

# --- what hooks are handed, and what they hand back ---------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function call, as hooks see it. `tool` is the qualified name (`tickets.close_ticket`), or what the
    model asked for where there is no such tool. `arguments` are a copy, after validation; empty where they
    could not be read. `read_only` and `idempotent` are what the tool's author claims; `agreed` is whether the
    caller was asked about just this call, and said yes."""

    id: str
    tool: str
    arguments: Arguments = field(default_factory=dict)
    read_only: bool = False
    idempotent: bool = False
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session that a function call belongs to. `agent` is the one that has the line."""

    id: str
    agent: str


class VerdictKind(Enum):
    """What `before_call` decided."""

    ALLOW = auto()
    DENY = auto()
    CONFIRM = auto()
    REPLACE_ARGUMENTS = auto()
    REPLACE_VALUE = auto()


_NOT_GIVEN = object()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a function call. Make one with `allow`, `deny`, `confirm` or `replace`."""

    kind: VerdictKind
    reason: str = ""
    arguments: Arguments | None = None
    value: Json = None

    @classmethod
    def allow(cls) -> Self:
        """The call runs, and no other plugin is asked. To have no opinion is to return None."""
        return cls(VerdictKind.ALLOW)

    @classmethod
    def deny(cls, reason: str) -> Self:
        """The tool is not run. `reason` is a sentence for the model, and so perhaps for the caller."""
        return cls(VerdictKind.DENY, reason=reason)

    @classmethod
    def confirm(cls, question: str) -> Self:
        """The tool is run only after the caller was asked `question` and said yes: by calling again with the
        same arguments after a turn of the caller, or by a button. No opinion on a call that was agreed to."""
        return cls(VerdictKind.CONFIRM, reason=question)

    @classmethod
    def replace(cls, *, arguments: Arguments | None = None, value: Json = _NOT_GIVEN) -> Self:
        """Either the tool is run with these `arguments`, which must fit its schema, or it is not run and
        this JSON-able `value` is its result. Raises `TypeError` unless exactly one of them is given."""
        if (arguments is None) == (value is _NOT_GIVEN):
            raise TypeError("Verdict.replace takes either arguments or a value")
        if arguments is not None:
            return cls(VerdictKind.REPLACE_ARGUMENTS, arguments=arguments)
        return cls(VerdictKind.REPLACE_VALUE, value=value)


# --- the hooks ----------------------------------------------------------------------------------------


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
def before_call(call: FunctionCall, session: SessionFacts) -> Verdict | Awaitable[Verdict | None] | None:
    """Called before a tool is run, with arguments that fit its schema: may it, and with these arguments?

        @jackfield.hookimpl
        def before_call(call):
            if call.tool == "tickets.close_ticket" and call.arguments["number"] < 1000:
                return jackfield.Verdict.deny("Tickets of that age are closed at the counter.")

    Plugins are asked one after the other, those that say `tryfirst` first; the first verdict wins, and None
    is no opinion. May be async. Runs on a loop beside the tools', for at most the plugin's `patience`.

    What raises, takes too long or returns anything else counts as no opinion, unless the plugin says
    `critical`: then the call is denied.
    """


@hookspec
def around_call(
    call: FunctionCall, session: SessionFacts, outcome: Callable[[], Outcome | None]
) -> AbstractAsyncContextManager[object] | Awaitable[AbstractAsyncContextManager[object] | None] | None:
    """Called when a call may run: return an async context manager to be around it, or None.

        @jackfield.hookimpl
        @asynccontextmanager
        async def around_call(call):
            async with locks[call.tool]:
                yield

    It is entered before the tool (a first plugin's outermost), and left in the same task when the outcome
    is known; `outcome()` is None until then. Nothing is thrown into it, and the result does not wait for it.
    Entering and leaving may each take the plugin's `patience`. A `ToolError` raised on entering denies the
    call, in its words; any other failure leaves the call without this manager, or, if the plugin says
    `critical`, denies it.
    """


@hookspec
def call_finished(call: FunctionCall, outcome: Outcome, session: SessionFacts) -> Awaitable[None] | None:
    """Called once for every function call that was asked of a tool, when its outcome is known, and after
    the model was told. `call.arguments` are those that the tool was given.

        @jackfield.hookimpl
        def call_finished(call, outcome):
            log.info("%s ended as %s", call.tool, outcome.kind)

    Observers only; nothing that it returns or raises changes anything. May be async; runs on a loop beside
    the tools', for at most the plugin's `patience`.
    """


@hookspec
def notice(notice: Notice, session_id: str) -> None:
    """Called for every notice of every session, at once and in order, on the loop that serves the
    session: be fast, never wait. Observers only; nothing that it returns or raises changes anything.
    """
