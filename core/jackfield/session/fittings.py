"""What a runtime is made of beside agents.yaml: for recordings, and for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from jackfield.notices import Notice
from jackfield.providers.base import Provider
from jackfield.session.clock import Clock
from jackfield.tools.tool import ToolSource


def _as_they_are(sources: Sequence[ToolSource]) -> Sequence[ToolSource]:
    return sources


def _as_it_is(provider: Provider, session_id: str, agent: str) -> Provider:
    return provider


def _nobody_listens(notice: Notice, session_id: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Fittings:
    """`plugins` are loaded beside the installed ones, of which only those in `installed` are, if it is given.
    `tools` may replace sources of tools each time they are looked at. `provider` may put something between
    a session, whose id and agent it is told, and its provider. `told` is told of every notice, with its
    session's id, soon and in order, on the session's own loop. `clock` is where sessions get
    the time.
    """

    plugins: Sequence[object] = ()
    installed: Collection[str] | None = None
    tools: Callable[[Sequence[ToolSource]], Sequence[ToolSource]] = _as_they_are
    provider: Callable[[Provider, str, str], Provider] = _as_it_is
    told: Callable[[Notice, str], None] = _nobody_listens
    clock: Callable[[], Clock] = asyncio.get_running_loop
