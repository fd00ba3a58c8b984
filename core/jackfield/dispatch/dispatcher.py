"""Runs function calls: reads their arguments, gives each a turn, and reports how it ended, once.

    start ──► arguments ──► lane ──► executor ──► outcome ──► finished
              (ToolError)   (in line) (its own thread)         (on the loop of `start`)

Time-outs are the conversation's business: it calls `cancel`. Nothing here waits.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future

from jackfield.calls import CallPolicy, Json, Outcome
from jackfield.dispatch import outcomes
from jackfield.dispatch.arguments import ArgumentReader
from jackfield.dispatch.call import Call, CallState, Entered, Finished
from jackfield.dispatch.executor import CLOSING_SECONDS, Executor
from jackfield.dispatch.lane import Lane
from jackfield.tools.tool import Tool, ToolContext

log = logging.getLogger(__name__)


class Dispatcher:
    """All its calls are started, cancelled and reported on one event loop. `executors` are by the names
    that tools have in `runs_on`; they are closed with the dispatcher."""

    def __init__(self, executors: Mapping[str, Executor]) -> None:
        self._executors = dict(executors)
        self._reader = ArgumentReader()
        self._lanes: dict[str, Lane] = {}
        self._calls: dict[str, Call] = {}
        self._closed = False

    def start(
        self,
        call_id: str,
        tool: Tool | None,
        name: str,
        arguments: str,
        context: ToolContext,
        limits: CallPolicy,
        *,
        entered: Entered,
        finished: Finished,
        known: Iterable[str] = (),
    ) -> None:
        """Run one function call. Never raises, never waits.

        `entered` is called when the tool is, with the arguments it is given; `finished` exactly once,
        whatever happens, and last. Neither is called before `start` has returned. `tool` is None for a
        `name` that the session does not have; `known` are those it has, for the model's next try.
        """
        loop = asyncio.get_running_loop()
        if tool is None:
            loop.call_soon(finished, call_id, outcomes.unknown_tool(name, known))
            return
        try:
            read = self._reader.read(tool, arguments)
        except Exception as error:
            loop.call_soon(finished, call_id, outcomes.failed(error, tool))
            return
        call = Call(call_id, tool, read, context, limits, entered, finished, loop, loop.time())
        self._line_up(call)

    def cancel(self, call_id: str) -> None:
        """End a call; its outcome is `cancelled` at once, whatever its tool does. Unknown ids are ignored."""
        call = self._calls.get(call_id)
        if call is not None:
            self._cancel(call)

    async def aclose(self) -> None:
        """Cancel every call and close the executors, in bounded time. Idempotent."""
        self._closed = True
        for call in list(self._calls.values()):
            self._cancel(call)
        await _in_a_thread(self._close_executors)

    def _line_up(self, call: Call) -> None:
        if reason := self._refusal(call):
            call.loop.call_soon(call.finished, call.id, outcomes.refused(reason))
            return
        self._calls[call.id] = call
        lane = self._lanes.setdefault(call.tool.name, Lane())
        if lane.admits(call):
            self._submit(call, lane)
        else:
            lane.waiting.append(call)

    def _refusal(self, call: Call) -> str:
        """Why this call cannot even wait, or ""."""
        if self._closed:
            return "No tool can be called any more: the line is being closed."
        if call.id in self._calls:
            return f"{call.tool.name} is already running for this call."
        if call.tool.runs_on not in self._executors:
            log.error("tool %s wants to run on %r, which there is not", call.tool.name, call.tool.runs_on)
            return f"{call.tool.name} cannot be run here."
        lane = self._lanes.get(call.tool.name)
        if lane and lane.full:
            return (
                f"{call.tool.name} is too busy now: {len(lane.waiting)} calls wait for it. Try again later."
            )
        return ""

    def _submit(self, call: Call, lane: Lane) -> None:
        lane.running.add(call)
        call.become(CallState.SUBMITTED)
        try:
            executor = self._executors[call.tool.runs_on]
            call.future = executor.submit(call.announcing_tool(), call.arguments, call.context_now())
        except Exception as error:
            call.loop.call_soon(self._finish, call, outcomes.failed(error, call.tool))
            return
        call.future.add_done_callback(lambda future: self._done(call, future))

    def _done(self, call: Call, future: Future[Json]) -> None:
        """In the executor's thread, where making the outcome costs no session anything."""
        if call.state is CallState.SUBMITTED:
            call.tell(self._finish, call, outcomes.outcome_of(future, call.tool, call.limits.result_limit))

    def _cancel(self, call: Call) -> None:
        future = call.future
        call.loop.call_soon(call.finished, call.id, outcomes.cancelled(call.tool))
        self._leave(call)
        if future is not None:
            future.cancel()

    def _finish(self, call: Call, outcome: Outcome) -> None:
        if call.state is CallState.FINISHED:
            return
        self._leave(call)
        call.finished(call.id, outcome)

    def _leave(self, call: Call) -> None:
        """The call is over; who is next in its lane takes its turn."""
        call.become(CallState.FINISHED)
        self._calls.pop(call.id, None)
        lane = self._lanes[call.tool.name]
        lane.leave(call)
        following = None if self._closed else lane.next()
        if following is not None:
            self._submit(following, lane)
        elif lane.empty:
            del self._lanes[call.tool.name]

    def _close_executors(self) -> None:
        for name, executor in self._executors.items():
            try:
                executor.close()
            except Exception:
                log.exception("the executor %s could not be closed", name)


async def _in_a_thread(work: Callable[[], None]) -> None:
    """Like `asyncio.to_thread`, in a thread that is nobody else's; given up after a few seconds."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def run() -> None:
        work()
        if not loop.is_closed():
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=run, name="jackfield-closing", daemon=True).start()
    try:
        await asyncio.wait_for(over.wait(), 5 * CLOSING_SECONDS)
    except TimeoutError:
        log.warning("tools that do not end were left behind")
