"""Jackfield's hub as a client of the suite: connects to the address given last, and does what is wanted."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
from concurrent.futures import Future

import httpx2
import tasks

from jackfield.calls import Inquiry, Json, Reply, ReplyKind
from jackfield.config.servers import McpServerConfig
from jackfield.errors import ToolError
from jackfield.mcp.auth.logging_in import log_in
from jackfield.mcp.hub import Hub
from jackfield.mcp.state import CONNECTED
from jackfield.tools.tool import Tool, ToolContext

NAME = "suite"
PATIENCE = 25.0
WIDER = f"run `jackfield mcp login {NAME}`"
"""In the outcome of a call that a wider login would help."""


def main(url: str) -> int:
    changed = threading.Condition()

    def notice(_: str) -> None:
        with changed:
            changed.notify_all()

    config = declared(url)
    hub = Hub({NAME: config}, changed=notice)
    hub.start()
    try:
        with changed:
            changed.wait_for(lambda: hub.status()[0].state in CONNECTED or hub.status()[0].error, PATIENCE)
        (status,) = hub.status()
        if status.state not in CONNECTED:
            print(status.error, file=sys.stderr)
            return 1
        work(hub, config)
    finally:
        asyncio.run(hub.aclose())
    return 0


def declared(url: str) -> McpServerConfig:
    """The server as agents.yaml would have it; where it wants a login, one is made."""
    about: dict[str, Json] = {"url": url, "transport": "http", "mode": tasks.mode(), "heartbeat": "never"}
    if tasks.scenario().startswith("auth/"):
        about["auth"] = {"oauth": tasks.client_of_the_suite()}
    config = McpServerConfig.model_validate(about)
    if config.auth is not None:
        agree(config)
    return config


def agree(config: McpServerConfig) -> None:
    """What `jackfield mcp login` does, and somebody who agrees to it."""
    asyncio.run(log_in(config, visit, PATIENCE))


def visit(url: str) -> None:
    """The browser of somebody who agrees to everything."""
    threading.Thread(target=lambda: httpx2.get(url, follow_redirects=True), daemon=True).start()


def work(hub: Hub, config: McpServerConfig) -> None:
    tools = {tool.name.removeprefix(f"{NAME}."): tool for tool in hub.sources()[0].tools()}
    schemas = {name: tool.parameters for name, tool in tools.items()}
    wanted = [(tools[name], given) for name, given in tasks.calls(schemas) if name in tools]
    under_way = [
        (submit(hub, tool, given, number), tool, given) for number, (tool, given) in enumerate(wanted)
    ]
    for future, tool, given in under_way:
        try:
            print(future.result(PATIENCE))
        except ToolError as error:
            print(error, file=sys.stderr)
            if WIDER in str(error):
                agree(config)
                again(hub, tool, given)


def again(hub: Hub, tool: Tool, given: dict[str, Json]) -> None:
    """Once, after a login; that may have been of no use."""
    try:
        print(submit(hub, tool, given, 0).result(PATIENCE))
    except ToolError as error:
        print(error, file=sys.stderr)


def submit(hub: Hub, tool: Tool, given: dict[str, Json], number: int) -> Future[Json]:
    return hub.executor.submit(
        tool, given, ToolContext(f"call_{number}", "session", "agent", PATIENCE, ask=answered)
    )


def answered(inquiry: Inquiry) -> Future[Reply]:
    reply: Future[Reply] = Future()
    reply.set_result(Reply(ReplyKind.ACCEPTED, tasks.reply(inquiry.schema)))
    return reply


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        status = main(sys.argv[-1])
    sys.exit(status)
