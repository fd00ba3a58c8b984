"""A dispatcher with real executors, and a record of what it reported."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from jackfield.calls import Arguments, CallPolicy, Outcome
from jackfield.dispatch import Bounds, Dispatcher, LoopExecutor, ThreadExecutor
from jackfield.dispatch.request import Happening
from jackfield.tools.function import tool_from
from jackfield.tools.tool import LOOP, THREAD, Tool, ToolContext

PATIENCE = 10.0


def tool(function: Callable[..., object]) -> Tool:
    return tool_from(function, source="test")


@dataclass
class Desk:
    """Starts calls and waits for their ends. `entered` and `finished` are in the order of the reports."""

    dispatcher: Dispatcher
    threads: ThreadExecutor
    entered: list[tuple[str, Arguments]] = field(default_factory=list)
    finished: list[tuple[str, Outcome]] = field(default_factory=list)
    happened: list[tuple[str, Happening]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: Iterator[int] = field(default_factory=count)
    tellers: set[asyncio.Task[None]] = field(default_factory=set)

    def start(
        self,
        call_id: str,
        wanted: Tool | None,
        arguments: str = "{}",
        limits: CallPolicy | None = None,
        known: Iterable[str] = (),
        session: str = "session_1",
        agent: str = "receptionist",
    ) -> None:
        self.dispatcher.start(
            call_id,
            wanted,
            "missing_tool" if wanted is None else wanted.name,
            arguments,
            ToolContext(call_id, session, agent, 20.0),
            limits or CallPolicy(),
            entered=lambda *report: self._note(self.entered, report),
            finished=lambda *report: self._note(self.finished, report),
            happened=lambda *report: self._note(self.happened, report),
            known=known,
        )

    def _note(self, reports: list[tuple[str, object]], report: tuple[str, object]) -> None:
        reports.append(report)
        teller = asyncio.ensure_future(self._tell())
        self.tellers.add(teller)
        teller.add_done_callback(self.tellers.discard)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(condition)

    async def until_set(self, event: threading.Event) -> None:
        """Wait for a plugin or a tool on another thread."""
        assert await asyncio.to_thread(event.wait, PATIENCE)

    async def outcome(self, call_id: str) -> Outcome:
        await self.until(lambda: any(each == call_id for each, _ in self.finished))
        return next(outcome for each, outcome in self.finished if each == call_id)

    async def run(self, wanted: Tool | None, arguments: str = "{}", **more: object) -> Outcome:
        call_id = f"run_{next(self.numbers)}"
        self.start(call_id, wanted, arguments, **more)  # type: ignore[arg-type]
        return await self.outcome(call_id)


@asynccontextmanager
async def opened(threads: ThreadExecutor | None = None, bounds: Bounds | None = None) -> AsyncIterator[Desk]:
    pool = threads or ThreadExecutor()
    dispatcher = Dispatcher({LOOP: LoopExecutor(), THREAD: pool}, bounds)
    try:
        yield Desk(dispatcher, pool)
    finally:
        async with asyncio.timeout(PATIENCE):
            await dispatcher.aclose()
