"""One call of one tool, from the request to the outcome.

It goes on while nobody attends to it: since 2026-07-28 a question ends the request, and the answer comes
with another one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_hex

from jackfield.calls import CallPolicy, Inquiry, Outcome, OutcomeKind, Reply, ReplyKind
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.request import AgreementWanted, Happening
from jackfield.mcp_server.account import Account
from jackfield.mcp_server.asking import agreement, not_agreed
from jackfield.tools.tool import Tool, ToolContext

MOST_NEWS = 64
"""Words of progress that wait to be sent; older ones are left out."""


@dataclass(eq=False, slots=True)
class Question:
    """What the client's user is asked; `reply` is settled once, by whoever is first."""

    id: str
    inquiry: Inquiry
    reply: asyncio.Future[Reply] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, reply: Reply) -> None:
        if not self.reply.done():
            self.reply.set_result(reply)


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, under which limits. `can_ask` is whether the client puts such a question."""

    tool: Tool
    arguments: str
    context: ToolContext
    policy: CallPolicy
    can_ask: Callable[[Inquiry], bool]
    account: Account

    @property
    def id(self) -> str:
        return f"{self.context.session_id}/{self.context.call_id}"

    def repeats(self, other: Job) -> bool:
        """Whether it is the same once more, for the same client."""
        mine = self.context.session_id, self.tool.name, self.arguments
        return mine == (other.context.session_id, other.tool.name, other.arguments)


class Run:
    """Made on the loop it lives on, and begins at once. `stirred` is set whenever there is something to look
    at: `news`, a `question`, or the end."""

    def __init__(self, job: Job, dispatcher: Dispatcher) -> None:
        self.job = job
        self.stirred = asyncio.Event()
        self.news: deque[tuple[int, str]] = deque(maxlen=MOST_NEWS)
        self.question: Question | None = None
        self._dispatcher = dispatcher
        self._told = 0
        self._questions: set[asyncio.Task[None]] = set()
        self._line = asyncio.Lock()
        self._limit: asyncio.Timeout | None = None
        self._wanted = ""
        self.task = asyncio.create_task(self._work(), name=job.id)
        self.task.add_done_callback(lambda _: self.stirred.set())

    async def _work(self) -> Outcome:
        tool, agreed = self.job.tool.name, False
        if self.job.policy.confirm:
            refused = await self._refused(agreement(tool, self.job.arguments or "{}"))
            if refused is not None:
                return refused
            agreed = True
        outcome = await self._dispatched(agreed)
        if self._wanted and not agreed:
            outcome = await self._refused(Inquiry(self._wanted)) or await self._dispatched(agreed=True)
        return outcome

    async def _refused(self, inquiry: Inquiry) -> Outcome | None:
        """The outcome of a call that the user does not agree to, or None if they do."""
        reply = await self._asked(inquiry) if self.job.can_ask(inquiry) else None
        if reply is not None and reply.kind is ReplyKind.ACCEPTED:
            return None
        return Outcome(OutcomeKind.DENIED, message=not_agreed(self.job.tool.name, reply))

    async def _dispatched(self, agreed: bool) -> Outcome:
        """Through the dispatcher, within the policy's time."""
        job, loop = self.job, asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()
        post = crossing_to(loop).post
        context = replace(
            job.context, progress=partial(post, self._progressed), agreed=agreed, ask=partial(self._ask, loop)
        )
        self._dispatcher.start(
            job.id,
            job.tool,
            job.tool.name,
            job.arguments,
            context,
            job.policy,
            entered=lambda _, arguments: job.account.started(job, arguments),
            finished=lambda _, outcome: None if done.done() else done.set_result(outcome),
            happened=self._happened,
        )
        try:
            async with asyncio.timeout(job.policy.timeout) as self._limit:
                return await done
        except TimeoutError:
            words = f"There was no result within {job.policy.timeout:g} seconds, so this was stopped."
            return Outcome(OutcomeKind.TIMEOUT, message=words)
        finally:
            self._dispatcher.cancel(job.id)  # nothing, if it has ended
            for asking in self._questions:
                asking.cancel()

    def _happened(self, call_id: str, happening: Happening) -> None:
        if isinstance(happening, AgreementWanted):
            self._wanted = happening.question

    def _progressed(self, text: str) -> None:
        self._told += 1
        self.news.append((self._told, text))
        self.stirred.set()

    # --- questions ------------------------------------------------------------------------------------

    def _ask(self, loop: asyncio.AbstractEventLoop, inquiry: Inquiry) -> Future[Reply]:
        """`ToolContext.ask`, from any thread."""
        reply: Future[Reply] = Future()
        crossing_to(loop).post(self._ask_here, inquiry, reply)
        return reply

    def _ask_here(self, inquiry: Inquiry, reply: Future[Reply]) -> None:
        if self.task.done() or not self.job.can_ask(inquiry):
            _settle(reply, Reply(ReplyKind.CANCELLED))
            return
        asking = asyncio.create_task(self._answer(inquiry, reply), name=f"question of {self.job.id}")
        self._questions.add(asking)
        asking.add_done_callback(self._questions.discard)
        post = crossing_to(asyncio.get_running_loop()).post
        reply.add_done_callback(lambda reply: post(asking.cancel) if reply.cancelled() else None)

    async def _answer(self, inquiry: Inquiry, reply: Future[Reply]) -> None:
        """While a question stands, the call's time stands still."""
        loop, left = asyncio.get_running_loop(), None
        try:
            async with self._line:
                if self._limit is not None and (moment := self._limit.when()) is not None:
                    left = moment - loop.time()
                    self._limit.reschedule(None)
                given = await self._asked(inquiry)
        except asyncio.CancelledError:
            given = Reply(ReplyKind.CANCELLED)
        if left is not None and self._limit is not None and not self.task.done():
            with suppress(RuntimeError):  # the call ended meanwhile
                self._limit.reschedule(loop.time() + left)
        _settle(reply, given)

    async def _asked(self, inquiry: Inquiry) -> Reply:
        """Have it put to the user by whoever attends to this; declined if no answer comes in time."""
        question = self.question = Question(token_hex(16), inquiry)
        self.stirred.set()
        try:
            async with asyncio.timeout(self.job.policy.answer_within):
                return await question.reply
        except TimeoutError:
            return Reply(ReplyKind.DECLINED)
        finally:
            question.settle(Reply(ReplyKind.CANCELLED))
            self.question = None
            self.stirred.set()


def _settle(future: Future[Reply], reply: Reply) -> None:
    if not future.done():
        with suppress(Exception):  # taken back at this very moment
            future.set_result(reply)
