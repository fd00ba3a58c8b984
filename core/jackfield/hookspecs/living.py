"""The hooks that are called while a session lives."""

from __future__ import annotations

from collections.abc import Awaitable

from jackfield.hookspecs.calls import SessionFacts
from jackfield.hookspecs.markers import hookspec
from jackfield.notices import Notice, SessionEnded


@hookspec
def instructions(session: SessionFacts) -> str | Awaitable[str | None] | None:
    """Called when an agent gets the line, at the start of a session and at a handoff: words to add to the
    instructions of `session.agent`, or None.

        @jackfield.hookimpl
        async def instructions(session):
            return f"You are talking to {await customer_of(session.id)}."

    They stand after those of agents.yaml, a paragraph for each plugin, in the order of the plugins' names.
    May be async; all plugins are asked at once, on a loop beside the sessions', for at most each one's
    `patience`. The caller waits that long, and no longer: what raises, comes too late or is no text is left
    out.
    """


@hookspec
def session_started(session: SessionFacts) -> Awaitable[None] | None:
    """Called once for every session, soon after it was opened.

        @jackfield.hookimpl
        async def session_started(session):
            await board.post(f"Somebody talks to {session.agent}.")

    Observers only; nothing that it returns or raises changes anything. May be async; runs on a loop beside
    the sessions', for at most the plugin's `patience`.
    """


@hookspec
def session_ended(session: SessionFacts, ended: SessionEnded) -> Awaitable[None] | None:
    """Called once for every session that has started, soon after it has ended, and after what the plugin
    did in `session_started` is over. `session.agent` had the line last; `ended` says why it ended, and its
    `at` is how long it was, in seconds.

        @jackfield.hookimpl
        def session_ended(session, ended):
            log.info("%s: %.0f s, %s", session.id, ended.at, ended.reason)

    Observers only, like `session_started`. A runtime that closes waits a moment for it.
    """


@hookspec
def notice(notice: Notice, session_id: str) -> None:
    """Called for every notice of every session, soon and in order, in a thread of the plugin's own: one that
    is slow is late, and loses notices only if it falls 10,000 behind. Observers only; nothing that it returns
    or raises changes anything. Not async.
    """
