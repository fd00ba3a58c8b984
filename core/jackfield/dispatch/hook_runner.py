"""Runs hooks of plugins, each for a bounded time, on an event loop that serves nothing else.

Not the tools' loop: a tool that blocks must not make a hook late, nor a hook that blocks a tool.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import replace

from jackfield.calls import Arguments, Json
from jackfield.dispatch.executor import Executor
from jackfield.plugins import Failures, Hook
from jackfield.tools.tool import LOOP, Tool, ToolContext

Work = Callable[[], Coroutine[object, object, object]]


class HookFailed(Exception):  # noqa: N818 - told about, and never let out
    """A hook did not do what it should; the message is a clause that begins with a verb."""


class HookRunner:
    """Its methods are called on the loop of a session. `executor` is where the hooks run."""

    def __init__(self, executor: Executor, failures: Failures) -> None:
        self._executor = executor
        self._failures = failures

    def submit(self, hook: Hook, work: Work, context: ToolContext) -> Future[object]:
        """Start `work` on the hooks' loop, under the plugin's name. Raises `HookFailed` if it takes no more.

        `context` is that of the call's tool, which has an end of its own.
        """
        tool = Tool(hook.title, "", {}, lambda arguments, context: work(), LOOP, hook.plugin)
        own = ToolContext(context.call_id, context.session_id, context.agent, hook.patience)
        try:
            return self._executor.submit(tool, {}, own)
        except Exception as error:
            raise HookFailed("could not be run") from error

    async def run(self, hook: Hook, work: Work, context: ToolContext) -> object:
        """What `work` returns. Raises `HookFailed` for anything but a result within the plugin's patience."""
        future = self.submit(hook, work, context)
        try:
            return await settled(future, hook.patience)
        finally:
            future.cancel()

    def deliver(self, tool: Tool, value: Json, context: ToolContext) -> Future[Json]:
        """A future that gets this value, in a thread that is no session's."""

        async def given(arguments: Arguments, context: ToolContext) -> Json:
            return value

        return self._executor.submit(replace(tool, invoke=given), {}, context)

    def failed(self, hook: Hook, failure: HookFailed) -> None:
        """Log it and count it."""
        self._failures.count(hook, str(failure), failure.__cause__)

    def close(self) -> None:
        """Stop everything; waits at most a few seconds for it."""
        self._executor.close()


async def settled(future: Future[object], seconds: float) -> object:
    """The future's result. Raises `HookFailed` if that is an exception, or does not come in time."""
    wrapped = asyncio.wrap_future(future)
    done, _ = await asyncio.wait([wrapped], timeout=seconds)
    if not done:
        raise HookFailed(f"took more than {seconds:g} s")
    if wrapped.cancelled():
        raise HookFailed("was cancelled")
    error = wrapped.exception()
    if isinstance(error, HookFailed):
        raise error
    if error is not None:
        raise HookFailed("failed") from error
    return wrapped.result()


async def answer(hook: Hook, offered: Mapping[str, object]) -> object:
    """What the hook returns, at once or later."""
    returned = hook(offered)
    return await returned if inspect.isawaitable(returned) else returned
