"""The tools of `plugin.py` on the SDK's own server, without Jackfield's between them.

Since 2026-07-28 a question is answered in another request: the call is begun anew with the answers so far.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from mcp import MCPError, types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.types.version import MODERN_PROTOCOL_VERSIONS
from plugin import TOOLS

from jackfield.calls import Inquiry, Json, Outcome, OutcomeKind, Reply, ReplyKind
from jackfield.errors import ToolError
from jackfield.mcp_server.results import result_of
from jackfield.tools.answer import Answer
from jackfield.tools.tool import ToolContext
from jackfield.web.serving import listening

Context = ServerRequestContext[Any, Any]
NEEDY = "test_missing_capability"
NEEDS = {"requiredCapabilities": {"elicitation": {}}}


class Unanswered(Exception):  # noqa: N818
    """The client has to be asked first."""


@dataclass
class Asking:
    """The questions of one call. `given` are the answers that the client brought."""

    context: Context
    loop: asyncio.AbstractEventLoop
    given: list[dict[str, Json]]
    asked: list[Inquiry] = field(default_factory=list)
    told: int = 0

    @property
    def modern(self) -> bool:
        return self.context.protocol_version in MODERN_PROTOCOL_VERSIONS

    def progress(self, text: str) -> None:
        self.told += 1
        self.loop.create_task(self.context.session.report_progress(self.told, None, text))

    def ask(self, inquiry: Inquiry) -> Future[Reply]:
        reply: Future[Reply] = Future()
        able = self.context.session.client_capabilities
        if able is None or able.elicitation is None:
            reply.set_result(Reply(ReplyKind.CANCELLED))
            return reply
        self.asked.append(inquiry)
        if not self.modern:
            self.loop.create_task(self._elicit(inquiry, reply))
        elif len(self.asked) <= len(self.given):
            reply.set_result(Reply(ReplyKind.ACCEPTED, self.given[len(self.asked) - 1]))
        else:
            reply.set_exception(Unanswered())
        return reply

    async def _elicit(self, inquiry: Inquiry, reply: Future[Reply]) -> None:
        context = self.context
        result = await context.session.elicit_form(inquiry.message, dict(inquiry.schema), context.request_id)
        kind = ReplyKind.ACCEPTED if result.action == "accept" else ReplyKind.DECLINED
        reply.set_result(Reply(kind, result.content or {}))

    def required(self) -> types.InputRequiredResult:
        inquiry = self.asked[-1]
        params = types.ElicitRequestFormParams(message=inquiry.message, requested_schema=dict(inquiry.schema))
        return types.InputRequiredResult(
            input_requests={"question": types.ElicitRequest(params=params)},
            request_state=json.dumps(self.given),
        )


async def listed(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(
        tools=[
            types.Tool(name=name, description=name, input_schema=dict(schema))
            for name, (schema, _) in TOOLS.items()
        ]
    )


async def called(
    context: Context, params: types.CallToolRequestParams
) -> types.CallToolResult | types.InputRequiredResult:
    if params.name not in TOOLS:
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool {params.name}")
    given = json.loads(params.request_state or "[]")
    answer = (params.input_responses or {}).get("question")
    if isinstance(answer, types.ElicitResult):
        fits = set(answer.content or {}) or answer.action != "accept"
        given += [answer.content or {}] if fits else []
    asking = Asking(context, asyncio.get_running_loop(), given)
    able = context.session.client_capabilities
    if params.name == NEEDY and asking.modern and (able is None or able.elicitation is None):
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "It needs elicitation", NEEDS)
    about = ToolContext("call", "session", "sdk", 30.0, asking.progress, ask=asking.ask)
    try:
        value = await TOOLS[params.name][1](params.arguments or {}, about)
    except Unanswered:
        return asking.required()
    except ToolError as error:
        return result_of(Outcome(OutcomeKind.ERROR, message=str(error)))
    images = value.images if isinstance(value, Answer) else ()
    return result_of(
        Outcome(OutcomeKind.VALUE, value.value if isinstance(value, Answer) else value, images=images)
    )


def main() -> None:
    server: Server[Any] = Server(
        "sdk",
        version="1",
        cache_hints={"tools/list": CacheHint()},
        on_list_tools=listed,
        on_call_tool=called,
    )
    security = RequestStateSecurity.ephemeral()
    server.middleware.append(RequestStateBoundary(security, default_audience="sdk"))
    with listening("127.0.0.1", 0) as sock:
        print(f"At http://127.0.0.1:{sock.getsockname()[1]}/mcp.", flush=True)
        uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_config=None)).run([sock])


if __name__ == "__main__":
    main()
