"""The parent's side of one worker process."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from jackfield.calls import Arguments, Json
from jackfield.dispatch import parcel, trace
from jackfield.dispatch.parcel import Kind
from jackfield.errors import PluginError, ToolError
from jackfield.hookspecs import Settings
from jackfield.processes.child import Child
from jackfield.processes.wire import Message, WireError
from jackfield.tools.tool import Tool, ToolContext

MODULE = "jackfield.dispatch.worker"
START_WITHIN = 30.0
GRACE = 0.25
"""Seconds for a cancelled tool to end by itself, before its process is killed."""

_LEAVE_WITHIN = 1.0
_ENDS = (Kind.VALUE, Kind.FAILED)

log = logging.getLogger(__name__)


class WorkerDied(Exception):  # noqa: N818
    """The process is gone, `how`; `entered` says whether the tool had been."""

    def __init__(self, how: str, *, entered: bool) -> None:
        super().__init__(how)
        self.entered = entered


class WorkerProcess:
    """A process with one plugin in it, which runs one call at a time. Make one with `start`."""

    def __init__(self, plugin: str, child: Child) -> None:
        self.plugin = plugin
        self.edition = 0
        self.calls = 0
        self.leaving = False
        self._child = child

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.status is None

    @classmethod
    async def start(cls, plugin: str, settings: Settings) -> WorkerProcess:
        """Start a process and load the plugin. Raises `PluginError` if that fails; nothing is left of it."""
        child = await Child.start(MODULE)
        ready: Message | None = None
        try:
            child.wire.send(
                Kind.LOAD,
                plugin=plugin,
                settings=dict(settings),
                path=[each for each in sys.path if Path(each).is_absolute()],
                level=logging.getLogger().getEffectiveLevel(),
            )
            async with asyncio.timeout(START_WITHIN):
                ready = await child.wire.receive()
        except TimeoutError:
            log.warning("a worker process for the plugin %s is not ready after %s s", plugin, START_WITHIN)
        finally:
            if ready is None or ready.kind != Kind.READY:
                child.kill()
                await child.aclose(_LEAVE_WITHIN)
        if ready is None:
            raise PluginError(
                f"a worker process for the plugin {plugin} did not start ({_how(child.status)})"
            )
        if ready.kind != Kind.READY:
            raise PluginError(ready.text("why"))
        return cls(plugin, child)

    async def run(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
        """Run one call. Raises what the tool raised, and `WorkerDied` if the process did not survive it.

        When cancelled, the tool has a moment to end; then the process is killed.
        """
        self.calls += 1
        try:
            self._child.wire.send(Kind.CALL, parcel.pack_arguments(arguments), **self._facts(tool, context))
        except WireError as error:
            raise ToolError("The arguments are too long.") from error
        try:
            return await self._answer(context.progress)
        except asyncio.CancelledError:
            await self._interrupt()
            raise

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._child.ended()

    async def aclose(self) -> None:
        """Let it leave. Bounded, idempotent."""
        self.leaving = True
        await self._child.aclose(_LEAVE_WITHIN)

    async def _answer(self, progress: Callable[[str], None]) -> Json:
        entered = False
        try:
            while (message := await self._message()) is not None:
                if message.kind == Kind.ENTERED:
                    entered = True
                elif message.kind == Kind.PROGRESS:
                    progress(message.text("text"))
                elif message.kind == Kind.VALUE:
                    return parcel.unpack_value(message)
                else:
                    raise parcel.unpack_failure(message)
        except (WireError, ValueError):
            log.warning("a worker process of %s says what cannot be understood", self.plugin)
        self._child.kill()
        raise WorkerDied(_how(await self._child.ended()), entered=entered)

    async def _message(self) -> Message | None:
        """The next one about this call: a progress of the last one may still have been on its way."""
        message = await self._child.wire.receive()
        while message is not None and message.fields.get("number") != self.calls:
            message = await self._child.wire.receive()
        return message

    async def _interrupt(self) -> None:
        self._child.wire.send(Kind.CANCEL, number=self.calls)
        over = False
        try:
            async with asyncio.timeout(GRACE):
                while not over and (message := await self._message()) is not None:
                    over = message.kind in _ENDS
        except TimeoutError:
            pass
        finally:
            if not over:
                self._child.kill()

    def _facts(self, tool: Tool, context: ToolContext) -> Mapping[str, object]:
        return {
            "number": self.calls,
            "tool": tool.name,
            "call": context.call_id,
            "session": context.session_id,
            "agent": context.agent,
            "seconds": context.seconds_left,
            "agreed": context.agreed,
            "caller": asdict(context.caller) if context.caller else None,
            "trace": trace.carried(),
        }


def _how(status: int | None) -> str:
    if status is None:
        return "no exit status"
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
