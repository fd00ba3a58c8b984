"""A plugin's own code, for a bounded time, while plugins are loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

LOAD_WITHIN = 20.0
"""Seconds that importing a plugin may take, and each of its registering hooks."""

T = TypeVar("T")


class TookTooLong(Exception):  # noqa: N818
    """It has not come to an end in time; the thread that it is in was left behind."""


def within(seconds: float, work: Callable[[], T], name: str) -> T:
    """What `work` returns, or raises, `SystemExit` too. Raises `TookTooLong`.

    It is run in a thread of its own: what hangs there hangs alone, but for what holds the interpreter's lock.
    The thread that waits can be interrupted (Ctrl-C).
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # SystemExit among them: a module may end itself, not us
            future.set_exception(error)

    threading.Thread(target=run, name=f"jackfield-load-{name}", daemon=True).start()
    try:
        future.exception(seconds)
    except TimeoutError:
        raise TookTooLong(f"took more than {seconds:g} s") from None
    return future.result()
