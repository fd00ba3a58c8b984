"""Where the rest of long results waits for `read_more`, session by session, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from typing import Annotated

from pydantic import Field

from jackfield.calls import CallPolicy, Duplicates, Json
from jackfield.dispatch.pages import Kept, piece
from jackfield.dispatch.results import size
from jackfield.errors import ToolError
from jackfield.tools.function import tool_from
from jackfield.tools.tool import Tool, ToolContext

MOST_RESULTS = 16
"""Per session; beyond this the oldest is forgotten."""

MOST_BYTES = 4 * 1024 * 1024
"""Per session, of all results together."""

READ_MORE = "read_more"
"""The tool's name on the wire."""

READ_MORE_POLICY = CallPolicy(
    announce_after=None, duplicates=Duplicates.ALLOW, result_limit=2 * MOST_BYTES, timeout=10.0
)
"""A piece has its size already: that of the result which it is a piece of."""


class Shelf:
    """One session's."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def put(self, kept: Kept) -> None:
        self._results[kept.handle] = kept
        self._bytes += size(kept.whole)
        while len(self._results) > MOST_RESULTS or (self._bytes > MOST_BYTES and len(self._results) > 1):
            _, oldest = self._results.popitem(last=False)
            self._bytes -= size(oldest.whole)

    def get(self, handle: str) -> Kept | None:
        return self._results.get(handle.strip())

    @property
    def handles(self) -> list[str]:
        return list(self._results)


class Shelves:
    """All sessions'. Written on the sessions' loop; read by the tool in its thread."""

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf] = {}
        self.tool: Tool = tool_from(self.read_more, source="jackfield", read_only=True)

    def put(self, session_id: str, kept: Kept) -> None:
        self._shelves.setdefault(session_id, Shelf()).put(kept)

    def has(self, session_id: str) -> bool:
        return session_id in self._shelves

    def forget(self, session_id: str) -> None:
        """The session has ended."""
        self._shelves.pop(session_id, None)

    def read_more(
        self,
        context: ToolContext,
        handle: Annotated[str, Field(description="The handle, as the shortened result gives it.")],
        start: Annotated[int, Field(description="Where to begin, as the shortened result says.", ge=0)] = 0,
    ) -> Json:
        """Read on in a result that was too long and was shortened."""
        shelf = self._shelves.get(context.session_id, Shelf())
        kept = shelf.get(handle)
        if kept is None:
            known = ", ".join(shelf.handles) or "none"
            raise ToolError(f"Nothing is kept under that handle (any more); there is: {known}.")
        return piece(kept, start)
