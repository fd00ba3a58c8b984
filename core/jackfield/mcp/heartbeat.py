"""Signs of life, asked for again and again: a server that is stopped or stuck closes no connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from random import random
from typing import Protocol

MOST_PATIENCE = 10.0
LEAST_PATIENCE = 1.0
"""Seconds a server has for one sign of life, within these as long as one beat."""

IDLE_MISSES = 2
BUSY_MISSES = 6
"""Beats that may go unanswered in a row before a server counts as gone. One that works on our calls may
be too busy to answer, and what is under way would be lost with it."""


class Beating(Protocol):
    """A connection, as a heartbeat sees it."""

    @property
    def alive(self) -> bool: ...

    @property
    def busy(self) -> bool:
        """Whether a function call is under way."""

    async def answers(self, seconds: float) -> bool:
        """Whether the server gives a sign of life within so many seconds."""

    def lose(self) -> None: ...


def patience(every: float) -> float:
    return min(max(every, LEAST_PATIENCE), MOST_PATIENCE)


def is_gone(misses: int, busy: bool) -> bool:
    return misses >= (BUSY_MISSES if busy else IDLE_MISSES)


@asynccontextmanager
async def heartbeat(
    connection: Beating, every: float | None, felt: Callable[[bool], None]
) -> AsyncIterator[None]:
    """While inside, ask for a sign of life every so many seconds (None: never), and tell `felt` whether
    there was one. Without any for too long the connection is lost."""
    if every is None:
        yield
        return
    beating = asyncio.create_task(_beat(connection, every, felt), name="heartbeat")
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(connection: Beating, every: float, felt: Callable[[bool], None]) -> None:
    misses = 0
    while connection.alive:
        await asyncio.sleep(every * (0.9 + 0.2 * random()))  # not all servers in the same moment
        answered = await connection.answers(patience(every))
        misses = 0 if answered else misses + 1
        if is_gone(misses, connection.busy):
            connection.lose()
        elif connection.alive:
            felt(answered)
