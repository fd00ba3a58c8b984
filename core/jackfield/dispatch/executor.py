"""The seam between the dispatcher and the places where tools run."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol, runtime_checkable

from jackfield.calls import Arguments, Json
from jackfield.tools.tool import Tool, ToolContext

CLOSING_SECONDS = 2.0
"""How long `close` waits for work that was told to end."""


class Executor(Protocol):
    """A place where tools run. `submit` is called on the loop of a session, and never waits."""

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        """Start the tool, or queue it.

        What the tool raises is the future's exception. Cancelling the future stops the tool as far as it
        can be stopped. Raises `Overloaded` where there is no room, `RuntimeError` after `close`.
        """

    def close(self) -> None:
        """Stop everything; waits at most a few seconds for it. Idempotent."""


@runtime_checkable
class Prompt(Protocol):
    """An executor that begins a call at once, in a thread that needs the interpreter for it."""

    def let_in(self, seconds: float) -> None:
        """Stand still until the calls submitted since it was asked last are entered and wait for something,
        or are over; at most so long, and not at all where that thread was busy when they came."""


class Overloaded(Exception):  # noqa: N818 - a state of the world; its message is for the model
    """No room for another call of this tool."""


class Escaped(Exception):  # noqa: N818
    """A tool raised what is no `Exception` (`SystemExit`, `KeyboardInterrupt`): it ends the call, not us."""
