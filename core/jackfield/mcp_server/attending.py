"""What a client hears while its call is being run: progress, questions, the result.

Until 2025-11-25 a question is a request of its own to the client. Since 2026-07-28 it is what the call is
answered with: the client comes with the answer in another request, and by `requestState` finds the run,
which has been waiting for it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp.types import INVALID_PARAMS
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from jackfield.calls import Duplicates, Reply, ReplyKind
from jackfield.dispatch.arguments import ArgumentReader
from jackfield.errors import ToolError
from jackfield.mcp_server.asking import elicitation, form, kind_of, values_of
from jackfield.mcp_server.results import result_of
from jackfield.mcp_server.run import Job, Question, Run

Answer = types.CallToolResult | types.InputRequiredResult
Context = ServerRequestContext[Any, Any]

QUESTION = "question"
"""The key of what is asked among the `inputRequests`: one thing at a time."""

GRACE_SECONDS = 5.0


class Attendance:
    """All runs of a server. `_waiting` are those whose client may come with an answer, by the question."""

    def __init__(self) -> None:
        self._runs: set[Run] = set()
        self._waiting: dict[str, Run] = {}

    async def attend(self, context: Context, run: Run) -> Answer:
        """Until the run has ended, or asks something; cancelling this cancels the run."""
        if run not in self._runs:
            self._runs.add(run)
            run.task.add_done_callback(lambda _: self._forget(run))
        modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        asking: dict[Question, asyncio.Task[None]] = {}
        try:
            while True:
                await self._tell(context, run)
                question = run.question
                if run.task.done():
                    return _result(run)
                if question is not None and modern:
                    return self._wait_for_answer(question, run)
                if question is not None and question not in asking:
                    asking[question] = asyncio.create_task(_elicit(context, question))
                await run.stirred.wait()
        except asyncio.CancelledError:
            run.task.cancel()
            raise
        finally:
            for task in asking.values():
                task.cancel()

    async def resume(self, context: Context, params: types.CallToolRequestParams) -> Answer:
        """A client comes back to its call, perhaps with the answer."""
        run = self._waiting.get(params.request_state or "")
        if run is None:
            raise MCPError(
                INVALID_PARAMS, "This call has ended, and waits for no answer. Call the tool again."
            )
        question, given = run.question, (params.input_responses or {}).get(QUESTION)
        if question is not None and question.id == params.request_state:
            if not isinstance(given, types.ElicitResult):
                return self._wait_for_answer(question, run)
            reply = reply_to(question, given)
            if reply is None:
                return self._wait_for_answer(question, run)
            question.settle(reply)
            run.question = None
        del self._waiting[params.request_state or ""]
        return await self.attend(context, run)

    def abandon(self, job: Job) -> None:
        """A client that calls again, instead of answering, has given up the run that waits for it; nobody
        joins that one. Where clients cannot be told apart, each run waits for its own."""
        if job.policy.duplicates is not Duplicates.JOIN:
            return
        for run in {run for run in self._waiting.values() if job.repeats(run.job)}:
            run.task.cancel()

    async def aclose(self) -> None:
        """End them all."""
        tasks = [run.task for run in self._runs]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)

    def _wait_for_answer(self, question: Question, run: Run) -> types.InputRequiredResult:
        self._waiting[question.id] = run
        request = types.ElicitRequest(params=elicitation(question.inquiry, question.id))
        return types.InputRequiredResult(input_requests={QUESTION: request}, request_state=question.id)

    def _forget(self, run: Run) -> None:
        self._runs.discard(run)
        for name in [name for name, each in self._waiting.items() if each is run]:
            del self._waiting[name]

    async def _tell(self, context: Context, run: Run) -> None:
        """What there is to tell; before the end, if it has come."""
        run.stirred.clear()
        while run.news:
            count, text = run.news.popleft()
            await context.session.report_progress(count, None, text)


def reply_to(question: Question, result: types.ElicitResult) -> Reply | None:
    """None for an answer that does not fit what was asked."""
    if (kind := kind_of(result)) is not ReplyKind.ACCEPTED or question.inquiry.url:
        return Reply(kind)
    try:
        return Reply(kind, ArgumentReader().read(form(question.inquiry), values_of(result)))
    except ToolError:
        return None


async def _elicit(context: Context, question: Question) -> None:
    """Ask the client's user, by a request to the client. An answer that does not fit is asked for once
    more."""
    reply: Reply | None = None
    with suppress(MCPError):
        for _ in range(2):
            asked = types.ElicitRequest(params=elicitation(question.inquiry, question.id))
            reply = reply_to(question, await _send(context, asked))
            if reply is not None:
                break
    question.settle(reply or Reply(ReplyKind.CANCELLED))


async def _send(context: Context, request: types.ElicitRequest) -> types.ElicitResult:
    params, about = request.params, context.request_id
    if isinstance(params, types.ElicitRequestURLParams):
        name = params.elicitation_id or ""
        return await context.session.elicit_url(params.message, params.url, name, about)
    return await context.session.elicit_form(params.message, params.requested_schema, about)


def _result(run: Run) -> types.CallToolResult:
    if run.task.cancelled():
        words = f"{run.job.tool.name} was stopped: the server is being closed."
        return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)
    return result_of(run.task.result())
