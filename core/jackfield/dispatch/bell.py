"""What wakes the event loop of a tool thread, at the least cost there is.

asyncio's own way is a pair of sockets: one write, and two reads and an exception at the other end, each of
which lets go of the interpreter. An event descriptor of Linux takes a third of that, and one that only tells
of changes need not be read.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import Callable
from contextvars import Context
from functools import partial
from selectors import BaseSelector
from weakref import finalize

Ring = Callable[[], object]
"""Wakes a loop, from any thread. Raises `RuntimeError` if the loop is closed."""


def plain_bell(loop: asyncio.AbstractEventLoop, answer: Callable[[], None]) -> Ring:
    """Have the loop call `answer`, as asyncio does it; for any loop."""
    # In no context of the ringer's: timers that are set by what is called would hold all of it.
    return lambda: loop.call_soon_threadsafe(answer, context=Context())


def bell(loop: asyncio.AbstractEventLoop, selector: BaseSelector, answer: Callable[[], None]) -> Ring:
    """The same for a loop with this selector that does not run yet, on Linux faster."""
    if sys.platform != "linux":
        return plain_bell(loop, answer)
    descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    Context().run(loop.add_reader, descriptor, answer)
    _tell_of_changes_only(selector, descriptor)
    ring = partial(_ring, loop, descriptor)
    # Not with the loop: whoever is about to ring must not find the number in somebody else's use.
    finalize(ring, os.close, descriptor)
    return ring


def _ring(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    if loop.is_closed():
        raise RuntimeError("Event loop is closed")
    os.eventfd_write(descriptor, 1)


def _tell_of_changes_only(selector: BaseSelector, descriptor: int) -> None:
    assert sys.platform == "linux"
    # `selectors` cannot say so; a second descriptor of the same epoll can.
    with select.epoll.fromfd(os.dup(selector.fileno())) as same:  # type: ignore[attr-defined]
        same.modify(descriptor, select.EPOLLIN | select.EPOLLET)
