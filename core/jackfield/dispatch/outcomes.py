"""How a call ended, from what its executor's future holds; and the endings that need no tool."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from itertools import count

from jackfield.calls import Json, Outcome, OutcomeKind
from jackfield.dispatch.executor import Overloaded
from jackfield.dispatch.pages import Kept, cut
from jackfield.dispatch.results import SMALLEST_LIMIT, size, sound, whole_characters
from jackfield.dispatch.retries import is_accident
from jackfield.dispatch.shelf import MOST_BYTES
from jackfield.errors import OutcomeUnknown, ToolError
from jackfield.tools.answer import Answer
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import Tool

log = logging.getLogger(__name__)

_MOST_MESSAGE = 2000

_numbers = count(1)


def outcome_of(future: Future[Json], tool: Tool, limit: int) -> tuple[Outcome, Kept | None]:
    """And what is kept of a result that was cut. Runs in the executor's thread: a large result is cut
    there, and not on the loop of a session."""
    try:
        return _value(future.result(), limit)
    except CancelledError:
        return cancelled(tool), None
    except BaseException as error:  # also what is no `Exception`, from whatever executor
        return failed(error, tool), None


def _value(result: Json, limit: int) -> tuple[Outcome, Kept | None]:
    given = result if isinstance(result, Answer) else Answer(result)
    value = sound(given.value)
    if size(value) <= max(limit, SMALLEST_LIMIT):
        return Outcome(OutcomeKind.VALUE, value, images=given.images, links=given.links), None
    handle = f"r{next(_numbers)}"
    shown, kept = cut(value, limit, handle, MOST_BYTES)
    outcome = Outcome(OutcomeKind.VALUE, shown, images=given.images, handle=handle, links=given.links)
    return outcome, kept


def failed(error: BaseException, tool: Tool) -> Outcome:
    """The words of a `ToolError` are the tool's own; of anything else the model hears only that it was."""
    if isinstance(error, OutcomeUnknown):
        return Outcome(
            OutcomeKind.UNKNOWN, message=_words(error) or f"Whether {tool.name} did it is unknown."
        )
    if isinstance(error, ToolError | Overloaded) and (words := _words(error)):
        return Outcome(OutcomeKind.ERROR, message=words)
    log.error("tool %s of %s failed", tool.name, tool.source, exc_info=error)
    return Outcome(
        OutcomeKind.ERROR, message=f"{tool.name} failed because of a fault of its own; it gave no result."
    )


def accident(future: Future[Json]) -> str:
    """The name of what went wrong where trying again may help, or ""."""
    error = None if future.cancelled() else future.exception()
    return type(error).__name__ if error is not None and is_accident(error) else ""


def refused(message: str) -> Outcome:
    return Outcome(OutcomeKind.ERROR, message=message)


def unknown_tool(name: str, known: Iterable[str]) -> Outcome:
    shown = whole_characters(name[:80])
    return refused(f'There is no tool "{shown}"{did_you_mean(shown, known)}.')


def duplicate(tool: Tool) -> Outcome:
    message = f"{tool.name} is running with the same arguments already; its result will come by itself."
    return Outcome(OutcomeKind.DENIED, message=message)


def cancelled(tool: Tool) -> Outcome:
    return Outcome(OutcomeKind.CANCELLED, message=f"{tool.name} was cancelled.")


def _words(error: BaseException) -> str:
    """What the exception says; one that cannot even say it says nothing."""
    try:
        return whole_characters(str(error).strip()[:_MOST_MESSAGE])
    except Exception:
        return ""
