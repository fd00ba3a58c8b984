"""Tools whose durations the storm decides, and the policies under which they run."""

import asyncio
import threading
from collections import defaultdict
from concurrent.futures import Future
from random import Random

from jackfield.calls import CallPolicy, Deliver, Duplicates, OnBargeIn
from jackfield.errors import ToolError
from jackfield.tools.source import FunctionSource
from jackfield.tools.tool import ToolContext

PATIENCE = 60.0
MANY = 64

GATED = ("slow", "slow_in_a_thread", "fragile", "noted", "counted", "announced", "unrepeated")
"""Tools that stay until they are let go."""

POLICIES = {
    "test.fragile": CallPolicy(on_barge_in=OnBargeIn.CANCEL, announce_after=None, concurrency=MANY),
    "test.noted": CallPolicy(deliver=Deliver.SILENT, announce_after=None, concurrency=MANY),
    "test.counted": CallPolicy(background=True, announce_after=None, concurrency=MANY),
    "test.announced": CallPolicy(announce_after=0.02, concurrency=MANY),
    "test.unrepeated": CallPolicy(duplicates=Duplicates.REJECT, announce_after=None, concurrency=MANY),
    "test.slow": CallPolicy(announce_after=None, concurrency=MANY),
    "test.slow_in_a_thread": CallPolicy(announce_after=None, concurrency=MANY),
    "test.dawdling": CallPolicy(timeout=0.02, announce_after=None, concurrency=MANY),
    "test.dawdling_in_a_thread": CallPolicy(timeout=0.02, announce_after=None),
    "test.shaky": CallPolicy(retry=2, announce_after=None, concurrency=MANY),
    "test.closing": CallPolicy(confirm=True, announce_after=None, concurrency=MANY),
    "test.endless": CallPolicy(result_limit=1024, announce_after=None, concurrency=MANY),
}


class Gates:
    """What the tools of each session wait for. Entered from any thread, opened by the storm."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, list[Future[str]]] = defaultdict(list)
        self._lock = threading.Lock()

    def enter(self, context: ToolContext) -> Future[str]:
        gate: Future[str] = Future()
        with self._lock:
            self._waiting[context.session_id].append(gate)
        return gate

    def has(self, session_id: str) -> bool:
        with self._lock:
            return bool(self._waiting[session_id])

    def open_one(self, session_id: str, random: Random) -> bool:
        """Let one tool go, well or by an accident; False if none waits."""
        with self._lock:
            waiting = self._waiting[session_id]
            gate = waiting.pop(random.randrange(len(waiting))) if waiting else None
        if gate is None:
            return False
        if gate.set_running_or_notify_cancel():
            if random.random() < 0.2:
                gate.set_exception(OSError("the warehouse is on fire"))
            else:
                gate.set_result("found it")
        return True

    def open_all(self) -> None:
        """For good: nobody waits any more."""
        with self._lock:
            sessions = list(self._waiting)
        for session_id in sessions:
            while self.open_one(session_id, Random(session_id)):
                pass


class Toolbox:
    """Every way in which a tool can take its time or fail."""

    def __init__(self) -> None:
        self.gates = Gates()
        self._shaken: set[str] = set()
        self.source = FunctionSource("test")
        for tool in (self.slow, self.slow_in_a_thread, self.fragile, self.noted, self.counted):
            self.source.register(tool)
        for tool in (self.announced, self.unrepeated, self.dawdling, self.dawdling_in_a_thread):
            self.source.register(tool)
        for tool in (self.quick, self.broken, self.refusing, self.closing, self.endless):
            self.source.register(tool)
        self.source.register(self.shaky, idempotent=True)

    async def slow(self, context: ToolContext, key: int) -> str:
        """Takes its time."""
        return await asyncio.wrap_future(self.gates.enter(context))

    def slow_in_a_thread(self, context: ToolContext, key: int) -> str:
        """Takes its time."""
        return self.gates.enter(context).result(PATIENCE)

    async def fragile(self, context: ToolContext, key: int) -> str:
        """Stops when the caller speaks."""
        return await asyncio.wrap_future(self.gates.enter(context))

    async def noted(self, context: ToolContext, key: int) -> str:
        """Is not spoken about."""
        return await asyncio.wrap_future(self.gates.enter(context))

    async def counted(self, context: ToolContext, key: int) -> str:
        """Goes on in the background."""
        return await asyncio.wrap_future(self.gates.enter(context))

    async def announced(self, context: ToolContext, key: int) -> str:
        """Takes so long that the caller is told."""
        context.progress("halfway")
        return await asyncio.wrap_future(self.gates.enter(context))

    async def unrepeated(self, context: ToolContext, key: int) -> str:
        """May not run beside itself."""
        return await asyncio.wrap_future(self.gates.enter(context))

    async def dawdling(self, key: int) -> str:
        """Runs out of time."""
        return await asyncio.Future()

    def dawdling_in_a_thread(self, context: ToolContext, key: int) -> str:
        """Runs out of time."""
        context.cancelled.wait(PATIENCE)
        return "too late"

    def quick(self, key: int) -> str:
        """Answers at once."""
        return f"{key} is fine"

    async def broken(self, key: int) -> str:
        """Breaks."""
        raise RuntimeError("the password is hunter2")

    async def refusing(self, key: int) -> str:
        """Says no."""
        raise ToolError("The shop is closed on Sundays.")

    async def shaky(self, context: ToolContext, key: int) -> str:
        """Fails the first time."""
        if context.idempotency_key not in self._shaken:
            self._shaken.add(context.idempotency_key)
            raise ConnectionError("not now")
        return "now"

    async def closing(self, key: int) -> str:
        """Needs a yes first."""
        return f"{key} is closed"

    async def endless(self, key: int) -> list[str]:
        """Has more to say than fits."""
        return [f"line {number} of many" for number in range(500)]
