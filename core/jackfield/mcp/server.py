"""One declared server, and the one task that owns its connections for as long as the hub lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import random

from mcp import MCPError, types

from jackfield.calls import Arguments, Json
from jackfield.config.agents import Briefing
from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.backoff import Backoff
from jackfield.mcp.briefing import Briefs, Wanted
from jackfield.mcp.call import call
from jackfield.mcp.connection import ANSWER, Connection, connect
from jackfield.mcp.faults import leaves, reason
from jackfield.mcp.heartbeat import heartbeat, patience
from jackfield.mcp.http import without_secrets
from jackfield.mcp.listing import Listing, listing
from jackfield.mcp.redaction import redacted
from jackfield.mcp.resources import read
from jackfield.mcp.state import CONNECTED, NEXT, ServerState, ServerStatus
from jackfield.mcp.stderr import StderrTail
from jackfield.mcp.terms import Terms
from jackfield.tools.tool import Invoke, Tool, ToolContext

LAST_WORDS = 0.5
"""Seconds to wait for the end of a dead child's stderr; a grandchild may hold it open for ever."""

BREATH = 0.1
"""Seconds between two listings: servers tell of a change several times, and some after every listing."""

GIVEN_UP = frozenset({ServerState.FAILED, ServerState.STOPPED})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended: why, after how many seconds of use, and whether no new start will mend it."""

    error: str
    held: float
    hopeless: bool


class Server:
    """A tool source whose tools are those of an MCP server, kept up by `run`.

    `name`, `tools`, `aside` and `status` may be read from any thread; the rest belongs to the hub's loop.
    The tools of a server that went down stay: a call for one waits for the server, or is told.
    """

    def __init__(
        self, name: str, config: McpServerConfig, changed: Callable[[str], None], backoff: Backoff
    ) -> None:
        self.name = name
        self.status = ServerStatus(name, required=config.required)
        self.config = config
        self._changed = changed
        self._backoff = backoff
        self._offered: list[types.Tool] | None = None
        self._listing = Listing()
        self._briefs = Briefs(name)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Connection | None = None
        self._decided = asyncio.Event()  # ready, or given up: nothing to wait for

    def tools(self) -> Sequence[Tool]:
        return self._listing.tools

    def aside(self) -> Mapping[str, str]:
        return self._listing.aside

    async def connection(self, patience: float) -> Connection:
        """A living connection, waited for at most `patience` seconds, and no longer once the server is
        not expected back soon. Raises TimeoutError."""
        async with asyncio.timeout(max(patience, 0)):
            while self._connection is None:
                if self.status.state in GIVEN_UP:
                    raise TimeoutError
                await self._decided.wait()
        return self._connection

    async def read(self, uri: str, context: ToolContext) -> Json:
        """What is at an address. Raises `ToolError`."""
        return await read(self, uri, context)

    async def run(self) -> None:
        """Keep the server up until cancelled. All connections are made and ended in this task."""
        self._loop = asyncio.get_running_loop()
        accidents = 0
        try:
            while True:
                self._enter(ServerState.STARTING)
                ending = await self._live()
                accidents = self._backoff.accidents(accidents, ending.held)
                if ending.hopeless:
                    accidents = max(accidents, self._backoff.patience)
                self._report(ending.error)
                hopeless = self._backoff.hopeless(accidents)
                self._enter(ServerState.FAILED if hopeless else ServerState.WAITING, error=ending.error)
                await asyncio.sleep(self._backoff.pause(accidents, random()))
        finally:
            self._enter(ServerState.STOPPED)

    async def _live(self) -> Ending:
        """One connection, from its start to its end."""
        try:
            tail = StderrTail(self.name, lambda line: redacted(line, self.config))
        except OSError as failure:  # no file descriptor left: a bad day of ours, which may pass
            return Ending(reason(failure), held=0.0, hopeless=False)
        clock = asyncio.get_running_loop().time
        ready: float | None = None
        hopeless = False
        try:
            async with asyncio.timeout(self.config.start_timeout) as limit:
                with tail:
                    async with connect(self.name, self.config, tail.writer, self._down) as connection:
                        await self._read_tools(connection)
                        limit.reschedule(None)
                        ready = clock()
                        self._ready(connection)
                        async with heartbeat(connection, self.config.heartbeat, self._felt):
                            await self._attend(connection)
            error = self._why_ended()
        except TimeoutError:
            error = f"it did not get ready within {self.config.start_timeout:g} seconds"
        except Exception as failure:
            hopeless = any(isinstance(leaf, McpError) for leaf in leaves(failure))
            error = self._explain(failure)
        held = 0.0 if ready is None else clock() - ready
        last_words = await asyncio.to_thread(tail.text, LAST_WORDS)
        said = f"\nIts last words were:\n{last_words}" if last_words else ""
        return Ending(redacted(error + said, self.config), held, hopeless)

    def brief(self, briefing: Briefing) -> str:
        """The text of a prompt or resource, as it was last read; "" until it was. From any thread; what is
        asked for is read from then on."""
        wanted = Wanted.of(briefing)
        if self._briefs.want(wanted) and (loop := self._loop) is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._doubt)
        return self._briefs.texts.get(wanted, "")

    def _doubt(self) -> None:
        if self._connection is not None:
            self._connection.doubt()

    async def _read_briefs(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(ANSWER):
                changed = await self._briefs.read(connection)
        except TimeoutError:
            logger.warning("MCP server %s takes too long to give what agents are told", self.name)
            return
        if changed:
            self._tell()

    async def _attend(self, connection: Connection) -> None:
        """Read the tools again whenever they may have changed, until the connection is lost."""
        await self._read_briefs(connection)
        while await connection.news():
            await self._read_briefs(connection)
            try:
                async with asyncio.timeout(ANSWER):
                    await self._read_tools(connection)
            except Exception:  # raised on, it would come out wrapped, and say no more than the loss does
                logger.debug("MCP server %s does not list its tools any more", self.name, exc_info=True)
                connection.lose()
            await asyncio.sleep(BREATH)

    async def _read_tools(self, connection: Connection) -> None:
        offered = await connection.tools()
        if offered == self._offered:
            return
        known = self._offered is not None
        self._listing = listing(self.name, self.config, offered, self._invoke)
        self._offered = offered
        self.status = replace(
            self.status,
            tools=tuple(tool.name for tool in self._listing.tools),
            aside=len(self._listing.aside),
        )
        if known and self.status.state in CONNECTED:
            self._tell()

    def _invoke(self, tool: types.Tool, terms: Terms) -> Invoke:
        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            given = {**arguments, **terms.fixed}
            return await call(self, tool.name, terms.repeatable, given, context)

        return invoke

    def _ready(self, connection: Connection) -> None:
        self._connection = connection
        self.status = replace(
            self.status,
            error="",
            connections=self.status.connections + 1,
            protocol=connection.protocol,
            software=connection.software,
        )
        self._enter(ServerState.READY)

    def _felt(self, answered: bool) -> None:
        """What a heartbeat found; it never speaks of a connection that is lost."""
        if self._connection is None:
            return
        if not answered and self.status.state is ServerState.READY:
            within = patience(self.config.heartbeat or 0.0)
            self._enter(ServerState.DEGRADED, error=f"it gave no sign of life within {within:g} seconds")
        elif answered and self.status.state is ServerState.DEGRADED:
            self._enter(ServerState.READY, error="")

    def _why_ended(self) -> str:
        return self.status.error if self.status.state is ServerState.DEGRADED else "it ended the connection"

    def _down(self) -> None:
        self._connection = None
        self._decided.clear()

    def _enter(self, state: ServerState, error: str | None = None) -> None:
        assert state in NEXT[self.status.state], f"{self.status.state} is not followed by {state}"
        self.status = replace(self.status, state=state, error=self.status.error if error is None else error)
        if state in CONNECTED or state in GIVEN_UP:
            self._decided.set()
        else:
            self._decided.clear()
        self._tell()

    def _report(self, error: str) -> None:
        """To the log; the same trouble again is no news."""
        level = logging.DEBUG if error == self.status.error else logging.WARNING
        logger.log(level, "MCP server %s is down: %s", self.name, error)

    def _tell(self) -> None:
        try:
            self._changed(self.name)
        except Exception:
            logger.exception("What follows a change of MCP server %s failed", self.name)

    def _explain(self, failure: Exception) -> str:
        if self.config.url is not None:
            return f"{without_secrets(self.config.url)}: {reason(failure)}"
        if any(isinstance(leaf, MCPError) for leaf in leaves(failure)):
            return f"it ended before it was ready ({reason(failure)})"
        return reason(failure)
