"""The worker processes: warm ones for the plugins that need them, so many busy at once and no more."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Coroutine, Mapping
from time import monotonic

from jackfield.calls import Arguments, Json
from jackfield.dispatch.seat import seat
from jackfield.dispatch.worker_process import WorkerDied, WorkerProcess
from jackfield.errors import OutcomeUnknown, ToolUnavailable
from jackfield.hookspecs import Settings
from jackfield.tools.tool import Tool, ToolContext

MOST_IDLE = 4
"""Warm processes that wait for a call, of all plugins together."""

_TRIES = 3
_SHORT_LIFE = 5.0
"""A worker that dies idle, before this age in seconds and before its first call, is not replaced."""

log = logging.getLogger(__name__)


def most_busy(cores: int | None = None) -> int:
    """One core is left for the sessions."""
    return max((cores or os.cpu_count() or 1) - 1, 1)


class WorkerPool:
    """All on one event loop. `settings` are the plugins' sections of agents.yaml."""

    def __init__(self, settings: Mapping[str, Settings], most: int) -> None:
        self._settings = settings
        self._places = asyncio.Semaphore(most)
        self._idle: deque[WorkerProcess] = deque()
        self._launching: set[asyncio.Task[WorkerProcess]] = set()
        self._unclaimed: defaultdict[str, deque[asyncio.Task[WorkerProcess]]] = defaultdict(deque)
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers: set[WorkerProcess] = set()
        self._editions: Counter[str] = Counter()
        self._closed = False

    @property
    def pids(self) -> dict[str, list[int]]:
        """The processes, by plugin."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for worker in self._workers:
            found[worker.plugin].append(worker.pid)
        return dict(found)

    async def seated(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
        """Wait for a place, and invoke the tool there."""
        async with self._places:
            seat.set(self)
            result: Json = await tool.invoke(arguments, context)  # type: ignore[misc]
            return result

    async def run(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
        """At a place: run the tool in a worker. A worker that was dead before it entered the tool is no
        reason to fail."""
        for _ in range(_TRIES):
            worker = await self._worker(tool.home)
            try:
                return await worker.run(tool, arguments, context)
            except WorkerDied as died:
                if died.entered:
                    log.warning("a worker process of %s died in %s: %s", tool.source, tool.name, died)
                    raise _crashed(tool, str(died)) from died
            finally:
                self._put_back(worker)
        raise ToolUnavailable(f"{tool.name} cannot be run now.")

    def warm(self, plugin: str) -> None:
        """Have a worker ready that has this plugin loaded."""
        if not self._closed:
            self._unclaimed[plugin].append(self._start(plugin))

    def renew(self, plugins: Collection[str], settings: Mapping[str, Settings]) -> None:
        """Workers that have loaded one of these plugins are good for nothing but the call they are in: the
        plugin, or what agents.yaml says of it, is another now."""
        self._settings = settings
        self._editions.update(plugins)
        for worker in [each for each in self._idle if self._outdated(each)]:
            self._idle.remove(worker)
            self._own(worker.aclose())
            self.warm(worker.plugin)

    async def aclose(self) -> None:
        """End all processes. Bounded."""
        self._closed = True
        launching = list(self._launching)
        for task in launching:
            task.cancel()
        await asyncio.gather(*launching, return_exceptions=True)
        await asyncio.gather(*(worker.aclose() for worker in self._workers))

    # --- who serves ------------------------------------------------------------------------------------

    async def _worker(self, plugin: str) -> WorkerProcess:
        """A warm one, or one that is starting, or a new one. Raises `PluginError`."""
        for worker in self._idle:
            if worker.plugin == plugin and worker.alive:
                self._idle.remove(worker)
                return worker
        starting = self._unclaimed[plugin].popleft() if self._unclaimed[plugin] else self._start(plugin)
        try:
            worker = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Whoever comes next can use it.
            self._unclaimed[plugin].append(starting)
            if starting.done():
                self._started(plugin, starting)
            raise
        if self._outdated(worker):
            self._put_back(worker)
            return await self._worker(plugin)
        return worker

    def _outdated(self, worker: WorkerProcess) -> bool:
        return worker.edition != self._editions[worker.plugin]

    async def _launch(self, plugin: str, edition: int) -> WorkerProcess:
        worker = await WorkerProcess.start(plugin, self._settings.get(plugin, {}))
        worker.edition = edition
        return worker

    def _start(self, plugin: str) -> asyncio.Task[WorkerProcess]:
        launch = self._launch(plugin, self._editions[plugin])
        task = asyncio.get_running_loop().create_task(launch, name=f"start a worker for {plugin}")
        self._launching.add(task)
        task.add_done_callback(lambda task: self._started(plugin, task))
        return task

    def _started(self, plugin: str, task: asyncio.Task[WorkerProcess]) -> None:
        self._launching.discard(task)
        worker = _result(task)
        if worker is not None and worker not in self._workers:
            self._workers.add(worker)
            self._own(self._watch(worker))
        if task in self._unclaimed[plugin]:
            self._unclaimed[plugin].remove(task)
            if worker is not None:
                self._put_back(worker)

    def _put_back(self, worker: WorkerProcess) -> None:
        if not worker.alive or self._closed or self._outdated(worker):
            self._own(worker.aclose())
            return
        self._idle.append(worker)
        if len(self._idle) > MOST_IDLE:
            self._own(self._idle.popleft().aclose())

    async def _watch(self, worker: WorkerProcess) -> None:
        """A worker's life. One that dies at work or at rest is replaced; one that was sent home is not."""
        began = monotonic()
        await worker.ended()
        self._workers.discard(worker)
        idle = worker in self._idle
        if idle:
            self._idle.remove(worker)
        if worker.leaving:
            return
        if idle:
            log.warning("an idle worker process of %s died", worker.plugin)
            self._own(worker.aclose())
        if worker.calls or monotonic() - began > _SHORT_LIFE:
            self.warm(worker.plugin)

    def _own(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _result(task: asyncio.Task[WorkerProcess]) -> WorkerProcess | None:
    if task.cancelled():
        return None
    if (error := task.exception()) is not None:
        log.warning("a worker process is missing: %s", error)
        return None
    return task.result()


def _crashed(tool: Tool, how: str) -> Exception:
    """Whether it is safe to do it again is for the tool's author to say."""
    if tool.repeatable:
        return ToolUnavailable(f"{tool.name} crashed and gave no result.")
    return OutcomeUnknown(
        f"{tool.name} crashed in the middle of this. It may or may not have taken effect: "
        "look whether it did before doing it again."
    )
