"""The hooks that are called while a session lives."""

from __future__ import annotations

from jackfield.hookspecs.markers import hookspec
from jackfield.notices import Notice


@hookspec
def notice(notice: Notice, session_id: str) -> None:
    """Called for every notice of every session, at once and in order, on the loop that serves the
    session: be fast, never wait. Observers only; nothing that it returns or raises changes anything.
    """
