"""Runs function calls: reads their arguments, gives each a turn, and reports how it ended, once.

    start ──► arguments ──► duplicates ──► turns ──► executor ──► outcome ──► finished
              (ToolError)   (join)         (in line)  (its own thread)         (on the loop of `start`)
                                                 └── rest ◄─┘ (an accident, and the tool may be repeated)

Time-outs are the conversation's business: it calls `cancel`. Nothing here waits.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future

from jackfield.calls import CallPolicy, Duplicates, Json, Outcome, OutcomeKind
from jackfield.dispatch import outcomes
from jackfield.dispatch.arguments import ArgumentReader
from jackfield.dispatch.call import Call, CallState
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.duplicates import Unfinished
from jackfield.dispatch.executor import CLOSING_SECONDS, Executor
from jackfield.dispatch.placement import placed
from jackfield.dispatch.request import Entered, Finished, Happened, Joined, Request, Retried, Wanted, ignored
from jackfield.dispatch.retries import next_try
from jackfield.dispatch.right_of_way import RightOfWay
from jackfield.dispatch.shelf import Shelves
from jackfield.dispatch.turns import Bounds, Turns
from jackfield.tools.tool import Tool, ToolContext

log = logging.getLogger(__name__)


class Dispatcher:
    """All its calls are started, cancelled and reported on one event loop. `executors` are by the names
    that tools have in `runs_on`; they are closed with the dispatcher. `shelves` keep what long results were
    cut of, until a session is forgotten there."""

    def __init__(self, executors: Mapping[str, Executor], bounds: Bounds | None = None) -> None:
        self._executors = dict(executors)
        self._reader = ArgumentReader()
        self._turns = Turns(bounds or Bounds())
        self._unfinished = Unfinished()
        self.shelves = Shelves()
        self._calls: dict[str, Call] = {}
        self._closed = False
        self._way = RightOfWay(self._executors)

    def give_way(self) -> None:
        """Let tools that were just handed a call go first, where nothing is half done: they are entered, and
        what they have to tell by then is told, before this returns (`right_of_way`)."""
        self._way.give()

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
        happened: Happened = ignored,
        known: Iterable[str] = (),
    ) -> None:
        """Run one function call. Never raises, never waits.

        `entered` is called when the tool is, with the arguments it is given; `happened` for what else is
        worth knowing; `finished` exactly once, whatever happens, and last. None is called before `start`
        has returned. `tool` is None for a `name` that the session does not have; `known` are those it has,
        for the model's next try.
        """
        loop = asyncio.get_running_loop()
        finished = self._watched(call_id, Wanted(tool, name, arguments, context), finished)
        if tool is None:
            loop.call_soon(finished, call_id, outcomes.unknown_tool(name, known))
            return
        try:
            read = self._reader.read(tool, arguments)
        except Exception as error:
            loop.call_soon(finished, call_id, outcomes.failed(error, tool))
            return
        request, way = Request(call_id, entered, finished, happened), crossing_to(loop)
        self._take_in(
            Call(placed(tool, limits.isolation), read, context, limits, [request], way, loop.time()), request
        )

    def cancel(self, call_id: str) -> None:
        """End a call; its outcome is `cancelled` at once, whatever its tool does, and the tool is stopped
        unless another call has joined this one. Unknown ids are ignored."""
        call = self._calls.get(call_id)
        if call is not None:
            self._cancel(call, call_id)

    def bound(self, bounds: Bounds) -> None:
        """Have other bounds from now on; calls that run are not touched."""
        self._turns.bounds = bounds

    async def aclose(self) -> None:
        """Cancel every call and close the executors, in bounded time. Idempotent."""
        self._closed = True
        for call_id, call in list(self._calls.items()):
            self._cancel(call, call_id)
        await _in_a_thread(self._close_executors)

    def _watched(self, call_id: str, wanted: Wanted, finished: Finished) -> Finished:
        """Whom to tell of the end of a call that begins; here whoever began it, and nobody else."""
        return finished

    def _take_in(self, call: Call, request: Request) -> None:
        if reason := self._refusal(call, request):
            call.loop.call_soon(request.finished, request.id, outcomes.refused(reason))
            return
        twin = self._unfinished.twin(call) if call.limits.duplicates is not Duplicates.ALLOW else None
        if twin is None:
            self._line_up(call, request)
        elif call.limits.duplicates is Duplicates.JOIN:
            self._join(twin, request)
        else:
            call.loop.call_soon(request.finished, request.id, outcomes.duplicate(call.tool))

    def _refusal(self, call: Call, request: Request) -> str:
        """Why this call cannot be taken in, or ""."""
        if self._closed:
            return "No tool can be called any more: the line is being closed."
        if request.id in self._calls:
            return f"{call.tool.name} is already running for this call."
        if call.tool.runs_on not in self._executors:
            log.error("tool %s wants to run on %r, which there is not", call.tool.name, call.tool.runs_on)
            return f"{call.tool.name} cannot be run here."
        return ""

    def _line_up(self, call: Call, request: Request) -> None:
        if reason := self._turns.refusal(call):
            call.loop.call_soon(request.finished, request.id, outcomes.refused(reason))
            return
        self._calls[request.id] = call
        self._unfinished.add(call)
        if self._turns.take(call):
            self._submit(call)

    def _join(self, twin: Call, request: Request) -> None:
        joined = Joined(twin.context.call_id)
        twin.requests.append(request)
        self._calls[request.id] = twin
        twin.loop.call_soon(twin.happened_to, request, joined)

    def _submit(self, call: Call) -> None:
        call.become(CallState.SUBMITTED)
        call.attempt += 1
        try:
            executor = self._executors[call.tool.runs_on]
            self._way.claim(call.tool.runs_on)
            future = executor.submit(call.announcing_tool(), call.arguments, call.context_now())
        except Exception as error:
            call.loop.call_soon(self._finish, call, outcomes.failed(error, call.tool))
            return
        call.pending = future
        future.add_done_callback(lambda future: self._done(call, future))

    def _done(self, call: Call, future: Future[Json]) -> None:
        """In the executor's thread, where making the outcome costs no session anything."""
        if call.state is CallState.SUBMITTED:
            outcome, call.kept = outcomes.outcome_of(future, call.tool, call.limits.result_limit)
            failed = outcome.kind is not OutcomeKind.VALUE
            if failed and call.may_be_retried and (accident := outcomes.accident(future)):
                call.tell(self._rest, call, outcome, accident)
            else:
                call.tell(self._finish, call, outcome)

    def _rest(self, call: Call, outcome: Outcome, accident: str) -> None:
        """Try again after a while, if there is time for it. The call keeps its turn."""
        now = call.loop.time()
        moment = next_try(call.attempt, now, call.deadline, random.random())
        if moment is None:
            self._finish(call, outcome)
        elif call.become(CallState.RESTING):
            call.pending = call.loop.call_at(moment, self._submit, call)
            call.happened(Retried(call.attempt + 1, moment - now, accident))

    def _cancel(self, call: Call, request_id: str) -> None:
        """Detach one request; the work is stopped when nobody waits for it any more."""
        request = next(each for each in call.requests if each.id == request_id)
        call.loop.call_soon(request.finished, request_id, outcomes.cancelled(call.tool))
        call.requests.remove(request)
        del self._calls[request_id]
        if call.requests:
            return
        self._end(call)
        self._leave(call)
        call.context.cancelled.set()
        if call.pending is not None:
            call.pending.cancel()

    def _finish(self, call: Call, outcome: Outcome) -> None:
        if call.state is CallState.FINISHED:
            return
        self._end(call)
        for request in call.requests:
            del self._calls[request.id]
        if call.kept is not None:
            self.shelves.put(call.context.session_id, call.kept)
        try:
            # Before the next call is begun: somebody waits for this output.
            for request in call.requests:
                request.finished(request.id, outcome)
        finally:
            self._leave(call)

    def _end(self, call: Call) -> None:
        """The call is over: nobody can join it any more."""
        call.become(CallState.FINISHED)
        self._unfinished.remove(call)

    def _leave(self, call: Call) -> None:
        """Whoever is next takes the call's turn."""
        for following in self._turns.leave(call):
            if not self._closed:
                self._submit(following)

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
