"""One async context manager that a plugin puts around one call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager

from jackfield.dispatch.hook_runner import HookFailed, HookRunner, answer, settled
from jackfield.plugins import Hook
from jackfield.tools.tool import ToolContext


class Surrounding:
    """Entered and left in one task on the hooks' loop, while a session's loop waits for either, for a
    bounded time."""

    def __init__(self, hook: Hook, runner: HookRunner) -> None:
        self.hook = hook
        self._runner = runner
        self._entered: Future[object] = Future()
        self._over: Future[None] = Future()
        self._life: Future[object] | None = None

    async def enter(self, offered: Mapping[str, object], context: ToolContext) -> bool:
        """Whether there is a manager, which is entered now. Raises `HookFailed`."""
        self._life = self._runner.submit(self.hook, lambda: self._live(offered), context)
        try:
            return bool(await settled(self._entered, self.hook.patience))
        except BaseException:
            self._entered.cancel()
            self._life.cancel()
            raise

    async def leave(self) -> None:
        """Raises `HookFailed`."""
        assert self._life is not None, "entered before it is left"
        self._over.set_result(None)
        try:
            await settled(self._life, self.hook.patience)
        finally:
            self._life.cancel()

    async def _live(self, offered: Mapping[str, object]) -> None:
        try:
            manager = await answer(self.hook, offered)
            if manager is None:
                self._entered.set_result(False)
                return
            if not isinstance(manager, AbstractAsyncContextManager):
                raise HookFailed(f"returned no async context manager ({type(manager).__qualname__})")
            async with manager:
                self._entered.set_result(True)
                await asyncio.wrap_future(self._over)
        except BaseException as error:
            if not self._entered.done():
                self._entered.set_exception(error)
            raise
