"""The hooks around a function call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from jackfield.calls import Outcome
from jackfield.hookspecs.calls import FunctionCall, SessionFacts, Verdict
from jackfield.hookspecs.markers import hookspec


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
