"""The event of a tool's context."""

import threading

from jackfield.tools.cancelled import Cancelled
from jackfield.tools.tool import ToolContext


def test_it_is_an_event_like_any_other() -> None:
    cancelled = ToolContext("call_1", "session_1", "receptionist", 20.0).cancelled
    assert isinstance(cancelled, threading.Event)
    assert not cancelled.is_set()
    assert not cancelled.wait(0)
    cancelled.set()
    assert cancelled.is_set()
    assert cancelled.wait()
    cancelled.clear()
    assert not cancelled.is_set()
    assert not cancelled.wait(0)
    assert repr(cancelled) == "<Cancelled: unset>"


def test_everybody_who_waits_is_woken_however_close_it_comes() -> None:
    for _ in range(200):
        cancelled = Cancelled()
        woken: list[bool] = []
        waiting = [threading.Thread(target=_wait, args=(cancelled, woken)) for _ in range(3)]
        for thread in waiting:
            thread.start()
        cancelled.set()
        for thread in waiting:
            thread.join(30)
        assert woken == [True] * 3


def _wait(cancelled: Cancelled, woken: list[bool]) -> None:
    woken.append(cancelled.wait(30))
