"""The caller's side of a line that changes, for a caller in this process."""

from __future__ import annotations

import asyncio
import logging
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

    def lines_may_change(self) -> None:
        """A line that is lost is not the end of the call."""


async def follow(session: Session, telephone: Telephone) -> None:
    """Make a new line whenever one is wanted, and switch when the session has moved; until the session has
    ended. Whoever runs it owns the task, and cancels it before the telephone hangs up."""
    telephone.lines_may_change()
    session.line.follow()
    async for notice in session.timeline():
        try:
            if isinstance(notice, LineWanted):
                await _renew(session, telephone)
            elif isinstance(notice, LineChanged):
                await telephone.switch()
        except JackfieldError as error:
            log.warning("%s: no new line yet: %s", session.id, error)
            await asyncio.sleep(PAUSE)


async def _renew(session: Session, telephone: Telephone) -> None:
    number, answer = await session.line.renew(await telephone.renew())
    try:
        await telephone.accept(answer)
        await telephone.renewed()
    except JackfieldError as error:
        session.line.caller_is_not_at(number, str(error))
        raise
    session.line.caller_is_at(number)
