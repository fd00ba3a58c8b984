"""Plugins beside sessions: they add to the instructions, and hear of beginnings and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial

from jackfield.caller import Caller
from jackfield.dispatch.executor import CLOSING_SECONDS
from jackfield.dispatch.executors import LoopExecutor
from jackfield.dispatch.hook_runner import HookFailed, HookRunner, answer
from jackfield.hookspecs import SessionFacts
from jackfield.notices import HandedOff, Notice, SessionEnded, SessionOpened
from jackfield.plugins import Failures, Hook
from jackfield.tools.tool import ToolContext

MOST_WORDS = 8000
"""Characters that one plugin may add to an agent's instructions."""

Task = asyncio.Task[None]


class Attendants:
    """Its methods are called on the loop of the sessions. Each plugin's hooks run on a loop of their own, for
    its patience."""

    def __init__(self, hooks: Sequence[Hook] = (), failures: Failures | None = None) -> None:
        self.become(hooks)
        self._failures = failures or Failures()
        self._runners: dict[str, HookRunner] = {}
        self._agents: dict[str, str] = {}
        self._words: dict[str, dict[str, str]] = {}
        self._callers: dict[str, Caller] = {}
        self._started: dict[str, Task] = {}
        self._tasks: set[Task] = set()

    def become(self, hooks: Sequence[Hook]) -> None:
        """These are the ones from now on."""
        self._instructing = [hook for hook in hooks if hook.name == "instructions"]
        self._telling = [hook for hook in hooks if hook.name != "instructions"]

    # --- callers by phone -----------------------------------------------------------------------------

    def meet(self, session_id: str, caller: Caller) -> None:
        """A session that is about to begin is this caller's."""
        self._callers[session_id] = caller

    def caller(self, session_id: str) -> Caller | None:
        """Who calls; None for a session that did not come by phone."""
        return self._callers.get(session_id)

    def forget(self, session_id: str) -> None:
        """The session has ended, or came to nothing."""
        self._words.pop(session_id, None)
        self._callers.pop(session_id, None)

    def _facts(self, session_id: str, agent: str) -> SessionFacts:
        return SessionFacts(session_id, agent, self.caller(session_id))

    # --- instructions ---------------------------------------------------------------------------------

    async def ask(self, agent: str, session_id: str) -> None:
        """Have the plugins' words for an agent that is about to get the line; bounded."""
        if not self._instructing:
            return
        session = self._facts(session_id, agent)
        said = await asyncio.gather(*(self._call(hook, session, {}) for hook in self._instructing))
        found = [self._text(hook, each) for hook, each in zip(self._instructing, said, strict=True)]
        self._words.setdefault(session_id, {})[agent] = "\n\n".join(filter(None, found))

    def ask_for(self, agent: str, session_id: str) -> Task | None:
        """A task that does `ask`; None where there is nothing to ask."""
        return self._start(self.ask(agent, session_id)) if self._instructing else None

    def words(self, agent: str, session_id: str) -> str:
        """What was found out by asking."""
        return self._words.get(session_id, {}).get(agent, "")

    # --- beginnings and ends --------------------------------------------------------------------------

    def observe(self, notice: Notice, session_id: str) -> None:
        """Sessions begin and end with a notice."""
        match notice:
            case SessionOpened():
                self._agents[session_id] = notice.agent
                if self._telling:
                    began = self._tell("session_started", self._facts(session_id, notice.agent), {})
                    self._started[session_id] = self._start(began)
            case HandedOff() if session_id in self._agents:
                self._agents[session_id] = notice.to_agent
            case SessionEnded():
                facts = self._facts(session_id, self._agents.pop(session_id, ""))
                self.forget(session_id)
                if self._telling:
                    self._start(self._end(facts, notice))

    async def aclose(self) -> None:
        """Plugins get a moment for what they have to do at the end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(asyncio.to_thread(runner.close) for runner in self._runners.values()))

    async def _end(self, session: SessionFacts, ended: SessionEnded) -> None:
        if started := self._started.pop(session.id, None):
            await asyncio.wait([started])
        await self._tell("session_ended", session, {"ended": ended})

    async def _tell(self, name: str, session: SessionFacts, more: Mapping[str, object]) -> None:
        hooks = [hook for hook in self._telling if hook.name == name]
        await asyncio.gather(*(self._call(hook, session, more) for hook in hooks))

    # --- calling one ----------------------------------------------------------------------------------

    async def _call(self, hook: Hook, session: SessionFacts, more: Mapping[str, object]) -> object:
        """What it returns; None, and an entry in the log, if it does not in time."""
        runner = self._runner(hook.plugin)
        context = ToolContext("", session.id, session.agent, hook.patience)
        try:
            return await runner.run(hook, partial(answer, hook, {"session": session, **more}), context)
        except HookFailed as failure:
            runner.failed(hook, failure)
            return None

    def _runner(self, plugin: str) -> HookRunner:
        """Each plugin has a loop of its own: what blocks there must not make another one's coroutine late."""
        if plugin not in self._runners:
            executor = LoopExecutor(f"jackfield-sessions-{plugin}")
            self._runners[plugin] = HookRunner(executor, self._failures)
        return self._runners[plugin]

    def _text(self, hook: Hook, said: object) -> str:
        if said is None or isinstance(said, str):
            return (said or "").strip()[:MOST_WORDS]
        self._failures.count(hook, f"returned a {type(said).__name__} instead of text")
        return ""

    def _start(self, work: Coroutine[object, object, None]) -> Task:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
