"""Resources that MCP servers have linked to in their results, to be read on demand.

While a session knows of any, its model has one tool more. Nothing else can be read by it: a model that
makes up an address gets the list of those that there are.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from jackfield.calls import Arguments, CallPolicy, Json
from jackfield.config.agents import Briefing
from jackfield.errors import ToolError
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import HUB, Tool, ToolContext

READ_RESOURCE = "read_resource"
"""The tool's name on the wire."""

READ_RESOURCE_POLICY = CallPolicy()

MOST_LINKS = 64
"""Per session; beyond this the oldest is forgotten."""

Read = Callable[[str, str, ToolContext], Awaitable[Json]]
"""Reads the resource of a server, named first, at an address; on the hub's loop. Raises `ToolError`."""

Brief = Callable[[Briefing], str]
"""What a prompt or a resource says that belongs into instructions; "" until it is known."""

PARAMETERS: dict[str, Json] = {
    "type": "object",
    "properties": {"uri": {"type": "string", "description": "The address, as the link gives it."}},
    "required": ["uri"],
}


class Resources:
    """All sessions'. Written on the sessions' loop; read by the tool on the hub's."""

    def __init__(self, read: Read, brief: Brief = lambda briefing: "") -> None:
        self._read = read
        self.brief = brief
        self._links: dict[str, OrderedDict[str, str]] = {}
        self.tool = Tool(
            READ_RESOURCE,
            "Read what a link in a result leads to.",
            PARAMETERS,
            self.read_resource,
            HUB,
            "jackfield",
            read_only=True,
        )

    def note(self, session_id: str, server: str, uris: Sequence[str]) -> None:
        """A result of this server's links to these."""
        links = self._links.setdefault(session_id, OrderedDict())
        for uri in uris:
            links[uri] = server
            links.move_to_end(uri)
        while len(links) > MOST_LINKS:
            links.popitem(last=False)

    def has(self, session_id: str) -> bool:
        return session_id in self._links

    def forget(self, session_id: str) -> None:
        """The session has ended."""
        self._links.pop(session_id, None)

    async def read_resource(self, arguments: Arguments, context: ToolContext) -> Json:
        uri = str(arguments["uri"]).strip()
        links = self._links.get(context.session_id, OrderedDict())
        server = links.get(uri)
        if server is None:
            near = did_you_mean(uri, links) or f"; there is: {', '.join(links)}"
            raise ToolError(f"No result has linked to {uri[:200]}{near}.")
        return await self._read(server, uri, context)
