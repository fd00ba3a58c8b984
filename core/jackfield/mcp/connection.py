"""One living connection to a server: whatever is asked of it fails with it, and it knows when it died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from random import random
from typing import TextIO

from mcp import Client, MCPError, types
from mcp.client.session import IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.types import CONNECTION_CLOSED, METHOD_NOT_FOUND
from mcp.types.version import LATEST_MODERN_VERSION, MODERN_PROTOCOL_VERSIONS

from jackfield.calls import Arguments
from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.backoff import Backoff
from jackfield.mcp.checking import lenient
from jackfield.mcp.client_side import LOG_LEVEL, ClientSide
from jackfield.mcp.errand import Errand, errand
from jackfield.mcp.faults import MARK, Fate
from jackfield.mcp.pages import Pages
from jackfield.mcp.transport import transport_to
from jackfield.tools.tool import ToolContext

ANSWER = 10.0
"""Seconds within which a living server answers what costs it no work."""

MOST_PAGES = 200

MODES = {"auto": "auto", "legacy": "legacy", "modern": LATEST_MODERN_VERSION}
"""`mode` of agents.yaml → what the SDK calls it."""


CHANGES = (
    types.ToolListChangedNotification,
    types.PromptListChangedNotification,
    types.ResourceListChangedNotification,
    types.ResourceUpdatedNotification,
)
"""After these it is looked what the server offers now."""


class Connection:
    """What `connect` yields. Everything here runs on the loop of the task that owns the connection."""

    def __init__(self, client_of: Callable[[], Client], lost: Callable[[], None]) -> None:
        self._client_of = client_of
        self._on_loss = lost
        self._news = asyncio.Event()
        self._checking = asyncio.Lock()
        self._pages = Pages()
        self.under_way: list[Errand] = []
        self.alive = True

    @property
    def protocol(self) -> str:
        """The protocol version that was agreed on."""
        return self._client_of().protocol_version

    @property
    def software(self) -> str:
        """Name and version of the server as it gives them, or ""."""
        about = self._client_of().server_info
        return f"{about.name} {about.version}".strip() if about else ""

    @property
    def busy(self) -> bool:
        """Whether a function call is under way."""
        return bool(self.under_way)

    def lose(self) -> None:
        """The connection is of no more use. Once is enough."""
        if self.alive:
            self.alive = False
            self._on_loss()
        self._news.set()

    def doubt(self) -> None:
        """The tools may have changed, or the server may be gone: whoever owns this should look."""
        self._news.set()

    async def news(self) -> bool:
        """Wait for a doubt or the end; returns whether the connection is still alive."""
        await self._news.wait()
        self._news.clear()
        return self.alive

    async def check(self) -> None:
        """Ask the server for a sign of life; without one the connection is lost."""
        async with self._checking:
            if self.alive and not await self.answers(ANSWER):
                self.lose()

    async def answers(self, seconds: float) -> bool:
        """Whether the server gives a sign of life within so many seconds: to a ping, or, since modern servers
        know none, to `server/discover` (2026-07-28)."""
        session = self._client_of().session
        try:
            async with asyncio.timeout(seconds):
                if self.protocol in MODERN_PROTOCOL_VERSIONS:
                    await session.send_discover(self.protocol)
                else:
                    await session.send_request(types.PingRequest(), types.EmptyResult)
        except MCPError as error:
            return error.code == METHOD_NOT_FOUND  # it knows no such thing, and lives
        except Exception:  # whatever it is, it is not a sign of life
            return False
        return True

    async def tools(self) -> list[types.Tool]:
        """All tools, page by page. Raises what the SDK raises, and `McpError` for a listing without end."""
        client = self._client_of()
        tools: list[types.Tool] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            try:
                page = await client.list_tools(cursor=cursor, cache_mode="bypass")
            except MCPError as error:
                if error.code == METHOD_NOT_FOUND:
                    return tools  # a server of prompts and resources
                raise
            tools += page.tools
            cursor = page.next_cursor
            if not cursor:
                return tools
        raise McpError(f"its list of tools has more than {MOST_PAGES} pages")

    async def call(
        self, tool: str, arguments: Arguments, seconds: float, context: ToolContext
    ) -> types.CallToolResult:
        """Have a tool run, for at most `seconds`, in which time the caller is not being asked anything;
        `context` is told its progress in words. Cancelling this cancels the request at the server.

        Raises what the SDK raises, and `TimeoutError`; `faults.fate_of` tells what it means. Raises
        `ToolError` if the caller has to have been to a page first, and has not.
        """
        if not self.alive:
            raise MCPError(CONNECTION_CLOSED, "Connection closed", {MARK: Fate.UNSENT.value})

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            context.progress(message or (f"{progress:g} of {total:g}" if total else f"{progress:g}"))

        async with errand(context, seconds, self.under_way) as this:
            return await self._pages.first(
                this,
                lambda: self._client_of().call_tool(tool, dict(arguments), progress_callback=tell),
            )

    async def read(self, uri: str, context: ToolContext) -> types.ReadResourceResult:
        """Read a resource, within the time that `context` has. Raises as `call` does."""
        if not self.alive:
            raise MCPError(CONNECTION_CLOSED, "Connection closed", {MARK: Fate.UNSENT.value})
        async with errand(context, context.seconds_left, self.under_way):
            return await self._client_of().read_resource(uri)

    async def prompt(self, name: str, arguments: dict[str, str]) -> types.GetPromptResult:
        """A prompt, with these arguments. Raises what the SDK raises."""
        return await self._client_of().get_prompt(name, arguments)

    async def resource(self, uri: str) -> types.ReadResourceResult:
        """A resource as it is now. Raises what the SDK raises."""
        return await self._client_of().read_resource(uri, cache_mode="bypass")

    async def hear(self, message: IncomingMessage) -> None:
        """The SDK's message handler: handshake-era servers tell of changes unasked, and of pages."""
        if isinstance(message, CHANGES):
            self.doubt()
        elif isinstance(message, types.ElicitCompleteNotification):
            self._pages.done(message.params.elicitation_id)

    async def listen(self) -> None:
        """Have a modern server tell of changes, again and again (2026-07-28, subscriptions/listen).

        A stream that breaks off is a doubt: what changed in between was not heard, and over HTTP it is
        the only sign that a server went away while nobody called it.
        """
        client = self._client_of()
        able = client.server_capabilities
        tells = [offer and offer.list_changed for offer in (able.tools, able.prompts, able.resources)]
        if client.protocol_version not in MODERN_PROTOCOL_VERSIONS or not any(tells):
            return
        backoff, accidents, clock = Backoff(), 0, asyncio.get_running_loop().time
        while self.alive:
            began = clock()
            try:
                await self._listen_once(client)
            except MCPError as error:
                if error.code == METHOD_NOT_FOUND:
                    return
            except (SubscriptionLost, TimeoutError):
                pass
            self.doubt()
            accidents = backoff.accidents(accidents, clock() - began)
            await asyncio.sleep(backoff.pause(accidents, random()))

    async def _listen_once(self, client: Client) -> None:
        listening = client.listen(
            tools_list_changed=True, prompts_list_changed=True, resources_list_changed=True
        )
        async with asyncio.timeout(ANSWER) as limit, listening as changes:
            limit.reschedule(None)
            async for _ in changes:
                self.doubt()


@asynccontextmanager
async def connect(
    name: str, config: McpServerConfig, stderr: TextIO, lost: Callable[[], None]
) -> AsyncIterator[Connection]:
    """Connect to a declared server; `lost` is called once when the connection is of no more use.

    Enter and leave it in the same task: the SDK's cancel scopes do not survive anything else. Raises
    `McpError`, OSError, and exception groups of whatever went wrong inside the SDK (`faults.leaves`).
    """
    entered: list[Client] = []
    connection = Connection(lambda: entered[0], lost)
    ours = ClientSide(name, config, connection.under_way)
    client = Client(
        transport_to(name, config, stderr, connection.lose),
        mode=MODES[config.mode],
        client_info=types.Implementation(name="jackfield", version=version("jackfield")),
        message_handler=connection.hear,
        elicitation_callback=ours.elicit,
        sampling_callback=ours.sample if config.sampling else None,
        list_roots_callback=ours.roots if config.roots else None,
        logging_callback=ours.log,
        log_level=LOG_LEVEL,
    )
    async with client:
        entered.append(client)
        lenient(name, client.session)
        listening = asyncio.create_task(connection.listen(), name=f"listening to {name}")
        try:
            yield connection
        finally:
            connection.lose()
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
