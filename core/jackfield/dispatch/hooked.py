"""A dispatcher that asks plugins about its calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cached_property, partial

from jackfield.calls import Arguments, Json, Outcome, OutcomeKind
from jackfield.dispatch import outcomes
from jackfield.dispatch.call import Call, CallState
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.escort import Escort
from jackfield.dispatch.executor import CLOSING_SECONDS, Executor
from jackfield.dispatch.executors import LoopExecutor
from jackfield.dispatch.hook_runner import HookFailed, HookRunner, answer
from jackfield.dispatch.request import AgreementWanted, Finished, Wanted
from jackfield.dispatch.turns import Bounds
from jackfield.hookspecs import FunctionCall, SessionFacts, Verdict, VerdictKind
from jackfield.plugins import CallHooks
from jackfield.tools.tool import Tool, ToolContext

log = logging.getLogger(__name__)


class HookedDispatcher(Dispatcher):
    """Between a call's turn and its tool come the plugins: their verdicts, and what they put around it.

    Calls that join another are not judged again; a call that is retried stays within what was put around
    its first attempt. Its outcome waits for no plugin.
    """

    def __init__(
        self, executors: Mapping[str, Executor], hooks: CallHooks, bounds: Bounds | None = None
    ) -> None:
        super().__init__(executors, bounds)
        self._hooks = hooks
        self._escorts: dict[Call, Escort] = {}
        self._attending: dict[Call, asyncio.Task[None]] = {}
        self._given: dict[str, Arguments] = {}
        self._afterwards: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """As a `Dispatcher`; what plugins have to do afterwards gets a moment."""
        await super().aclose()
        if self._afterwards:
            await asyncio.wait(self._afterwards, timeout=CLOSING_SECONDS)
        for task in self._afterwards:
            task.cancel()
        if "_runner" in vars(self):
            await asyncio.to_thread(self._runner.close)

    @cached_property
    def _runner(self) -> HookRunner:
        # Not before there is a hook to run: it comes with a thread and a watchdog.
        return HookRunner(LoopExecutor("jackfield-hooks"), self._hooks.failures)

    def ask(self, hooks: CallHooks) -> None:
        """Ask these about calls whose turn comes from now on, and tell them how calls ended."""
        self._hooks = hooks

    # --- a call on its way --------------------------------------------------------------------------------

    def _submit(self, call: Call) -> None:
        """It is this call's turn (again)."""
        if call.attempt or not (self._hooks.before_call or self._hooks.around_call):
            super()._submit(call)
            return
        seen = _seen(call.tool, call.tool.name, call.arguments, call.context)
        self._escorts[call] = Escort(self._hooks, self._runner, seen, call.context_now())
        self._attending[call] = call.loop.create_task(self._attend(call), name=f"hooks of {seen.id}")

    async def _attend(self, call: Call) -> None:
        try:
            verdict = await self._judge(call, self._escorts[call])
        except Exception:
            log.exception("the hooks around %s could not be called", call.tool.name)
            verdict = Verdict.allow()
        del self._attending[call]
        self._obey(call, verdict)

    async def _judge(self, call: Call, escort: Escort) -> Verdict:
        """What becomes of the call, once everything that belongs around it has been entered."""
        verdict = await escort.judge(lambda text: self._reader.read(call.tool, text))
        if verdict.kind in (VerdictKind.DENY, VerdictKind.CONFIRM, VerdictKind.REPLACE_VALUE):
            return verdict
        if verdict.arguments is not None:
            self._replace_arguments(call, escort, verdict.arguments)
        return await escort.surround()

    def _obey(self, call: Call, verdict: Verdict) -> None:
        if verdict.kind is VerdictKind.DENY:
            self._finish(call, Outcome(OutcomeKind.DENIED, message=verdict.reason))
        elif verdict.kind is VerdictKind.CONFIRM:
            call.happened(AgreementWanted(verdict.reason))
            message = f"The caller must agree first: {verdict.reason}"
            self._finish(call, Outcome(OutcomeKind.DENIED, message=message))
        elif verdict.kind is VerdictKind.REPLACE_VALUE:
            self._give(call, verdict.value)
        else:
            super()._submit(call)

    def _replace_arguments(self, call: Call, escort: Escort, arguments: Arguments) -> None:
        # What the model sent is what a duplicate is recognised by.
        assert call.fingerprint
        call.arguments = arguments
        escort.call = replace(escort.call, arguments=deepcopy(dict(arguments)))
        for request in call.requests:
            if request.id in self._given:
                self._given[request.id] = arguments

    def _give(self, call: Call, value: Json) -> None:
        """The result, as if the tool had returned it; cut to size in a thread that is no session's."""
        call.become(CallState.SUBMITTED)
        call.attempt += 1
        try:
            future = self._runner.deliver(call.tool, value, call.context)
        except Exception as error:
            self._finish(call, outcomes.failed(error, call.tool))
            return
        call.pending = future
        future.add_done_callback(lambda future: self._done(call, future))

    def _finish(self, call: Call, outcome: Outcome) -> None:
        if call in self._escorts:
            self._escorts[call].outcome = outcome
        super()._finish(call, outcome)

    def _leave(self, call: Call) -> None:
        super()._leave(call)
        if task := self._attending.pop(call, None):
            task.cancel()
        if escort := self._escorts.pop(call, None):
            escort.outcome = escort.outcome or outcomes.cancelled(call.tool)
            self._after(escort.leave())

    # --- afterwards ---------------------------------------------------------------------------------------

    def _watched(self, call_id: str, wanted: Wanted, finished: Finished) -> Finished:
        if not self._hooks.call_finished:
            return finished

        def over(call_id: str, outcome: Outcome) -> None:
            finished(call_id, outcome)
            given = self._given.pop(call_id, {})
            seen = _seen(wanted.tool, wanted.name, given, wanted.context)
            self._after(self._tell(seen, outcome, wanted.context))

        if wanted.tool is not None and call_id not in self._given:
            self._given[call_id] = self._read_or_nothing(wanted.tool, wanted.arguments)
        return over

    def _after(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._afterwards.add(task)
        task.add_done_callback(self._afterwards.discard)

    async def _tell(self, call: FunctionCall, outcome: Outcome, context: ToolContext) -> None:
        session = SessionFacts(context.session_id, context.agent, context.caller)
        offered = {"call": call, "outcome": outcome, "session": session}
        for hook in self._hooks.call_finished:
            try:
                await self._runner.run(hook, partial(answer, hook, offered), context)
            except HookFailed as failure:
                self._runner.failed(hook, failure)

    def _read_or_nothing(self, tool: Tool, text: str) -> Arguments:
        try:
            return self._reader.read(tool, text)
        except Exception:
            return {}


def _seen(tool: Tool | None, name: str, arguments: Arguments, context: ToolContext) -> FunctionCall:
    """The call as plugins may see it: what they do to its arguments, they do to a copy."""
    copy = deepcopy(dict(arguments))
    if tool is None:
        return FunctionCall(context.call_id, name, copy)
    return FunctionCall(
        context.call_id, tool.name, copy, tool.read_only, tool.idempotent, agreed=context.agreed
    )
