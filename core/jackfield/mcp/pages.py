"""Pages that the caller must have been to before a tool runs (MCP 2025-11-25, error -32042)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from mcp import MCPError, types
from mcp.shared.exceptions import UrlElicitationRequiredError
from mcp.types import URL_ELICITATION_REQUIRED
from pydantic import ValidationError

from jackfield.calls import ReplyKind
from jackfield.errors import ToolError
from jackfield.mcp.elicitation import inquiry_of
from jackfield.mcp.errand import Errand

MOST = 3
"""Pages for one call."""

BACK_WITHIN = 2.0
"""Seconds after the caller's yes in which a server may tell that they are done; many never tell."""


class Pages:
    """One per connection."""

    def __init__(self) -> None:
        self._awaited: dict[str, asyncio.Event] = {}

    def done(self, page: str) -> None:
        """The server tells that a caller is done with a page."""
        if (event := self._awaited.get(page)) is not None:
            event.set()

    async def first(
        self, errand: Errand, request: Callable[[], Awaitable[types.CallToolResult]]
    ) -> types.CallToolResult:
        """Make a request, once more after the pages that it needs. Raises `ToolError` if the caller does not
        want to open one, or is not done there yet."""
        try:
            return await request()
        except MCPError as error:
            if (wanted := _wanted(error)) is None:
                raise
        for page in wanted:
            await self._visit(errand, page)
        try:
            return await request()
        except MCPError as error:
            if _wanted(error) is None:
                raise
            raise ToolError(
                "The caller is not done yet on the page that was shown to them. Nothing was carried out. "
                "Ask them to say when they are done, and then do this again."
            ) from None

    async def _visit(self, errand: Errand, page: types.ElicitRequestURLParams) -> None:
        inquiry = inquiry_of(page)
        if inquiry is None:
            raise ToolError("This needs a page that is not on the web, which is not shown to callers.")
        name = page.elicitation_id or page.url
        event = self._awaited.setdefault(name, asyncio.Event())
        try:
            reply = await errand.ask(inquiry)
            if reply.kind is not ReplyKind.ACCEPTED:
                raise ToolError("This needs a page to be opened, and the caller has not agreed to that.")
            await asyncio.wait([asyncio.ensure_future(event.wait())], timeout=BACK_WITHIN)
        finally:
            event.set()  # whoever waits for it still
            self._awaited.pop(name, None)


def _wanted(error: MCPError) -> list[types.ElicitRequestURLParams] | None:
    """The pages that a request needs before it, or None where that is not what went wrong."""
    if error.code != URL_ELICITATION_REQUIRED:
        return None
    try:
        pages = UrlElicitationRequiredError.from_error(error.error).elicitations
    except (ValidationError, AttributeError):  # the data is of another shape
        return None
    return pages if 0 < len(pages) <= MOST else None
