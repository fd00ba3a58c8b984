"""The MCP server: lists tools, and has them run for its clients, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from secrets import token_hex
from typing import Any

from mcp import MCPError, types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.types import INVALID_PARAMS, MISSING_REQUIRED_CLIENT_CAPABILITY
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from jackfield.calls import CallPolicy, Duplicates, Inquiry, Json
from jackfield.mcp_server.account import Account
from jackfield.mcp_server.asking import can_ask, not_agreed
from jackfield.mcp_server.attending import Attendance
from jackfield.mcp_server.offer import listed
from jackfield.mcp_server.run import Job, Run
from jackfield.mcp_server.visits import Visit, Visits
from jackfield.mcp_server.workshop import Workshop
from jackfield.notices import SessionEnded, SessionOpened
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import Tool, ToolContext

NAME = "jackfield"
AGENT = "mcp"
"""What stands for the agent in a tool's context and in notices."""

STDIO = "over stdio"
SHARED = "over HTTP, without a session"
SESSION_HEADER = "mcp-session-id"
STATE_SECONDS = 600.0
"""For how long a client may come back with an answer; a question stands for `answer_within`."""

Context = ServerRequestContext[Any, Any]
Tools = Callable[[], dict[str, Tool]]


class ToolServer:
    """`server` is the SDK's, for a transport to run. `tools` says what is served, by name, each time."""

    def __init__(self, workshop: Workshop, tools: Tools) -> None:
        self._workshop = workshop
        self._tools = tools
        self._attendance = Attendance()
        self._bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self._bus)
        self.visits = Visits(self._began, self._ended)
        self.server: Server[Any] = Server(
            NAME,
            version=version("jackfield"),
            cache_hints={"tools/list": CacheHint(ttl_ms=0, scope="private")},
            get_tool_input_schema=self._schema,
            on_list_tools=self._list,
            on_call_tool=self._call,
            on_subscriptions_listen=self._listening,
        )
        security = RequestStateSecurity.ephemeral(ttl=STATE_SECONDS)
        self.server.middleware.append(RequestStateBoundary(security, default_audience=NAME))
        self._telling: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        workshop.plugins.when_tools_change = partial(_if_open, loop, self._changed)

    @property
    def options(self) -> Any:
        """What a client of the handshake era is told in `initialize`."""
        return self.server.create_initialization_options(NotificationOptions(tools_changed=True))

    async def aclose(self) -> None:
        """End every run and every visit."""
        self._listening.close()
        await self._attendance.aclose()
        for task in self._telling:
            task.cancel()
        self.visits.close()

    # --- tools ----------------------------------------------------------------------------------------

    async def _list(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        self._visit(context)
        return types.ListToolsResult(tools=listed(self._all()))

    async def _call(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        if params.request_state is not None:
            return await self._attendance.resume(context, params)
        tools = self._all()
        tool = tools.get(params.name)
        if tool is None:
            shown = params.name[:80]
            raise MCPError(INVALID_PARAMS, f"There is no tool {shown!r}{did_you_mean(shown, tools)}.")
        if refused := incapable(context, tool, self._policy(context, tool)):
            raise refused
        job = self._job(context, tool, json.dumps(params.arguments or {}))
        self._attendance.abandon(job)
        return await self._attendance.attend(context, self._begin(job))

    def _all(self) -> dict[str, Tool]:
        name, tool = self._workshop.read_more()
        return {**self._tools(), name: tool}

    def _schema(self, name: str) -> dict[str, Json] | None:
        tool = self._all().get(name)
        return dict(tool.parameters) if tool is not None else None

    def _policy(self, context: Context, tool: Tool) -> CallPolicy:
        policy = self._workshop.policy(tool)
        if _is_shared(context) and policy.duplicates is Duplicates.JOIN:
            # Two clients that ask the same are not one that asks twice.
            return replace(policy, duplicates=Duplicates.ALLOW)
        return policy

    def _job(self, context: Context, tool: Tool, arguments: str) -> Job:
        visit, policy = self._visit(context), self._policy(context, tool)
        about = ToolContext(
            f"call_{token_hex(8)}",
            visit.session_id,
            AGENT,
            policy.timeout,
            tool=tool.name,
            settings=self._workshop.settings(tool),
        )
        able = partial(can_ask, context.session.client_capabilities)
        return Job(tool, arguments, about, policy, able, Account(self._workshop.plugins.notify, visit.since))

    def _begin(self, job: Job) -> Run:
        received = job.account.received(job)
        run = Run(job, self._workshop.dispatcher)
        run.task.add_done_callback(lambda task: job.account.finished(job, task, received))
        return run

    # --- clients --------------------------------------------------------------------------------------

    def _visit(self, context: Context) -> Visit:
        now = asyncio.get_running_loop().time()
        key = STDIO if context.request is None else context.request.headers.get(SESSION_HEADER, SHARED)
        visit = self.visits.of(key, now)
        if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            visit.channel = context.session
        return visit

    def _began(self, visit: Visit) -> None:
        self._workshop.plugins.notify(SessionOpened(0.0, visit.session_id, AGENT, "mcp"), visit.session_id)

    def _ended(self, visit: Visit) -> None:
        at = asyncio.get_running_loop().time() - visit.since
        self._workshop.dispatcher.shelves.forget(visit.session_id)
        self._workshop.plugins.notify(SessionEnded(at, "The client has left.", False), visit.session_id)

    def _changed(self) -> None:
        """The tools are others now: whoever listens is told."""
        telling = asyncio.create_task(self._tell_of_change())
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell_of_change(self) -> None:
        await self._bus.publish(ToolsListChanged())
        for channel in self.visits.channels():
            with suppress(Exception):  # one that is gone, or does not read, matters to no other
                async with asyncio.timeout(1):
                    await channel.send_tool_list_changed()


def _is_shared(context: Context) -> bool:
    return context.request is not None and SESSION_HEADER not in context.request.headers


def incapable(context: Context, tool: Tool, policy: CallPolicy) -> MCPError | None:
    """What a client is told, since 2026-07-28, that cannot ask for the yes which the tool needs."""
    if not policy.confirm or context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return None
    if can_ask(context.session.client_capabilities, Inquiry("")):
        return None
    needed: dict[str, Json] = {"requiredCapabilities": {"elicitation": {"form": {}}}}
    return MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, not_agreed(tool.name, None), needed)


def _if_open(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
