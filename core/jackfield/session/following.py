"""The caller's side of a line that changes, for a caller in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from jackfield.conversation.notices import LineChanged, LineWanted
from jackfield.errors import JackfieldError
from jackfield.session.session import Session

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds after a line that could not be made."""


class Telephone(Protocol):
    """What the caller speaks into: `jackfield.media.HeadlessPeer` is one."""

    async def renew(self) -> str:
        """An SDP offer for a second line."""

    async def accept(self, answer: str) -> None: ...

    async def renewed(self) -> None:
        """Wait until the second line is connected."""

    async def switch(self) -> None:
        """Use the second line from now on."""

    def lines_may_change(self, lost: Callable[[], None]) -> None:
        """A line that is lost is not the end of the call; `lost` is called instead."""


async def follow(session: Session, telephone: Telephone) -> None:
    """Make a new line whenever one is wanted or the old one is lost, and switch when the session has moved;
    until the session has ended. Whoever runs it owns the task, and cancels it before the telephone hangs
    up."""
    lost = asyncio.Event()
    telephone.lines_may_change(lost.set)
    session.line.follow()
    making = asyncio.Lock()
    mending = asyncio.create_task(_mend(session, telephone, lost, making), name=f"{session.id} mending")
    try:
        async for notice in session.timeline():
            if isinstance(notice, LineWanted):
                await _renew(session, telephone, making)
            elif isinstance(notice, LineChanged):
                await telephone.switch()
    finally:
        mending.cancel()
        await asyncio.gather(mending, return_exceptions=True)


async def _mend(session: Session, telephone: Telephone, lost: asyncio.Event, making: asyncio.Lock) -> None:
    while True:
        await lost.wait()
        lost.clear()
        await _renew(session, telephone, making)


async def _renew(session: Session, telephone: Telephone, making: asyncio.Lock) -> None:
    """One line at a time. One that cannot be made is asked for again by the session, while it lasts."""
    async with making:
        try:
            await _make(session, telephone)
        except JackfieldError as error:
            log.warning("%s: no new line yet: %s", session.id, error)
            await asyncio.sleep(PAUSE)


async def _make(session: Session, telephone: Telephone) -> None:
    number, answer = await session.line.renew(await telephone.renew())
    try:
        await telephone.accept(answer)
        await telephone.renewed()
    except JackfieldError as error:
        session.line.caller_is_not_at(number, str(error))
        raise
    session.line.caller_is_at(number)
