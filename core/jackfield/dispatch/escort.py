"""The hooks before and around one call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from pydantic_core import PydanticSerializationError, to_jsonable_python

from jackfield.calls import Arguments, Outcome
from jackfield.dispatch.hook_runner import HookFailed, HookRunner, answer
from jackfield.dispatch.results import whole_characters
from jackfield.dispatch.surrounding import Surrounding
from jackfield.errors import ToolError
from jackfield.hookspecs import FunctionCall, SessionFacts, Verdict, VerdictKind
from jackfield.plugins import CallHooks, Hook
from jackfield.tools.invocation import first_line
from jackfield.tools.tool import ToolContext

_MOST_REASON = 2000

Read = Callable[[str], Arguments]
"""Arguments from their JSON, checked against the tool's schema. Raises `ToolError` for what does not fit."""


class Escort:
    """Asks the plugins about one call, and stays until it is over. `outcome` is None until then."""

    def __init__(
        self, hooks: CallHooks, runner: HookRunner, call: FunctionCall, context: ToolContext
    ) -> None:
        self.call = call
        self.outcome: Outcome | None = None
        self._hooks = hooks
        self._runner = runner
        self._context = context
        self._surroundings: list[Surrounding] = []

    async def judge(self, read: Read) -> Verdict:
        """The first verdict, checked; to allow, where no plugin has an opinion."""
        for hook in self._hooks.before_call:
            try:
                verdict = await self._opinion(hook, read)
            except HookFailed as failure:
                self._runner.failed(hook, failure)
                verdict = self._without(hook)
            if verdict is not None:
                return verdict
        return Verdict.allow()

    async def surround(self) -> Verdict:
        """Enter every manager that there is: to allow, or why the call may not run all the same."""
        for hook in self._hooks.around_call:
            surrounding = Surrounding(hook, self._runner)
            try:
                if await surrounding.enter(self._offered, self._context):
                    self._surroundings.append(surrounding)
            except HookFailed as failure:
                if verdict := self._refused(hook, failure):
                    return verdict
        return Verdict.allow()

    async def leave(self) -> None:
        """Leave every manager that was entered, the last one first."""
        while self._surroundings:
            surrounding = self._surroundings.pop()
            try:
                await surrounding.leave()
            except HookFailed as failure:
                self._runner.failed(surrounding.hook, failure)

    @property
    def _offered(self) -> Mapping[str, object]:
        context = self._context
        return {
            "call": self.call,
            "session": SessionFacts(context.session_id, context.agent, context.caller),
            "outcome": lambda: self.outcome,
        }

    async def _opinion(self, hook: Hook, read: Read) -> Verdict | None:
        verdict = await self._runner.run(hook, lambda: _verdict(hook, self._offered), self._context)
        if not isinstance(verdict, Verdict) or (verdict.kind is VerdictKind.CONFIRM and self.call.agreed):
            return None
        if verdict.kind is VerdictKind.REPLACE_ARGUMENTS:
            return replace(verdict, arguments=_reread(verdict.arguments, read))
        return verdict

    def _refused(self, hook: Hook, failure: HookFailed) -> Verdict | None:
        """A `ToolError` is meant; anything else is a fault."""
        if isinstance(failure.__cause__, ToolError) and (words := str(failure.__cause__).strip()):
            return Verdict.deny(whole_characters(words[:_MOST_REASON]))
        self._runner.failed(hook, failure)
        return self._without(hook)

    def _without(self, hook: Hook) -> Verdict | None:
        """How to go on without a hook that failed."""
        if not hook.critical:
            return None
        return Verdict.deny("That cannot be done now: it could not be checked whether it may be.")


async def _verdict(hook: Hook, offered: Mapping[str, object]) -> Verdict | None:
    """On the hooks' loop, where checking what was returned costs no session anything."""
    returned = await answer(hook, offered)
    if returned is None:
        return None
    if not isinstance(returned, Verdict):
        raise HookFailed(f"returned neither a Verdict nor None ({type(returned).__qualname__})")
    if returned.kind in (VerdictKind.DENY, VerdictKind.CONFIRM):
        return replace(returned, reason=_reason(returned.reason))
    if returned.kind is VerdictKind.REPLACE_VALUE:
        return replace(returned, value=_jsonable(returned.value))
    return returned


def _reason(words: object) -> str:
    if not isinstance(words, str) or not words.strip():
        raise HookFailed("returned a Verdict without words")
    return whole_characters(words.strip()[:_MOST_REASON])


def _jsonable(value: object) -> object:
    try:
        jsonable: object = to_jsonable_python(value, inf_nan_mode="null")
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise HookFailed("returned a value that JSON cannot hold") from error
    return jsonable


def _reread(arguments: Arguments | None, read: Read) -> Arguments:
    try:
        return read(json.dumps(arguments))
    except (ToolError, TypeError, ValueError, RecursionError) as error:
        raise HookFailed(f"returned arguments that the tool does not take ({first_line(error)})") from None
