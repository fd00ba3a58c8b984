"""The way onto an event loop from other threads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from selectors import BaseSelector
from weakref import WeakKeyDictionary

from jackfield.dispatch.bell import bell, plain_bell


class Crossing:
    """Callbacks that come before the loop has woken share one wake-up: waking a loop is a system call, and
    two threads that change places at the interpreter's lock. They are called in order; one that raises
    harms no other. Those who post to the same loop should share its crossing (`crossing_to`)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ring = plain_bell(loop, self.deliver)
        self._posted: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        self._waking = False

    def hang(self, selector: BaseSelector) -> None:
        """Wake the loop, which has this selector and does not run yet, in the fastest way."""
        self._ring = bell(self.loop, selector, self.deliver)

    def post(self, callback: Callable[..., object], *arguments: object) -> None:
        """Have the loop call this; from any thread. Raises `RuntimeError` if the loop is closed."""
        self._posted.append((callback, arguments))
        self._wake()

    def post_after(
        self, poster: asyncio.AbstractEventLoop, callback: Callable[..., object], *arguments: object
    ) -> None:
        """As `post`, from a callback of the loop `poster`, which goes on with what it is doing first: waking
        the other loop takes longer than most steps of a tool, and lets go of the interpreter."""
        self._posted.append((callback, arguments))
        if not self._waking or self.loop.is_closed():
            poster.call_soon(self._wake_for_the_rest)

    def expect(self, soon: Callable[[], None]) -> None:
        """On the loop, which calls `soon` before it rests: nobody needs to wake it for what is posted until
        it has called `deliver`, which `soon` does."""
        self.loop.call_soon(soon)
        self._waking = True

    def _wake_for_the_rest(self) -> None:
        """Unless something else that was posted has done so."""
        if self._posted and not self.loop.is_closed():
            self._wake()

    def _wake(self) -> None:
        if not self._waking or self.loop.is_closed():
            self._waking = True
            self._ring()

    def deliver(self) -> None:
        """Call what was posted so far; on the loop."""
        # First this: whoever posts from now on either is seen below, or wakes the loop again.
        self._waking = False
        for _ in range(len(self._posted)):
            callback, arguments = self._posted.popleft()
            try:
                callback(*arguments)
            except Exception as error:
                told = {"message": f"{callback!r} failed", "exception": error}
                self.loop.call_exception_handler(told)


_crossings: WeakKeyDictionary[asyncio.AbstractEventLoop, Crossing] = WeakKeyDictionary()


def crossing_to(loop: asyncio.AbstractEventLoop) -> Crossing:
    """The crossing of this loop; from any thread."""
    return _crossings.get(loop) or _crossings.setdefault(loop, Crossing(loop))
