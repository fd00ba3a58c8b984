"""A caller in a test: a headless peer, the session it is put through to, and patience with a bound."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from jackfield.media import HeadlessPeer, Report
from jackfield.notices import AgentStoppedSpeaking, CallerSaid, CallFinished, CallReceived, Notice
from jackfield.runtime import Runtime
from jackfield.session import Session

PATIENCE = 40.0
N = TypeVar("N", bound=Notice)


class Caller:
    """Everything the session says is in `notices`; `hears` waits for something it will say."""

    def __init__(self, peer: HeadlessPeer, session: Session) -> None:
        self.peer = peer
        self.session = session
        self.notices: list[Notice] = []
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for notice in self.session.timeline():
            async with self._news:
                self.notices.append(notice)
                self._news.notify_all()

    def all(self, kind: type[N]) -> list[N]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    async def hears(self, what: Callable[["Caller"], bool]) -> None:
        """Wait until it is so. Fails with everything that was noticed instead."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: what(self))
        except TimeoutError:
            story = "\n".join(
                str(notice.as_dict()) for notice in self.notices if notice.type != "agent_saying"
            )
            raise AssertionError(f"never happened; instead:\n{story}") from None

    async def greeted(self) -> None:
        await self.hears(lambda caller: bool(caller.all(AgentStoppedSpeaking)))

    async def understood(self) -> str:
        """What the agent took the next thing we said for."""
        before = len(self.all(CallerSaid))
        await self.hears(lambda caller: len(caller.all(CallerSaid)) > before)
        return self.all(CallerSaid)[-1].text

    async def answered(self) -> None:
        """The agent speaks (again), stops, and no tool is at work any more."""
        before = len(self.all(AgentStoppedSpeaking))

        def over(caller: Caller) -> bool:
            idle = len(caller.all(CallFinished)) == len(caller.all(CallReceived))
            return idle and len(caller.all(AgentStoppedSpeaking)) > before

        await self.hears(over)

    def outcomes(self) -> dict[str, str]:
        return {notice.tool: notice.outcome.value for notice in self.all(CallFinished)}

    async def hang_up(self, wav: Path) -> Report:
        report = await self.peer.finish(wav)
        await self.session.hang_up()
        await self._reading
        return report


@asynccontextmanager
async def calling(runtime: Runtime, agent: str) -> AsyncIterator[Caller]:
    """Put a caller through, greeting and all; the line is closed when the block is left."""
    async with HeadlessPeer.start() as peer:
        session, answer = await runtime.open_session(agent, await peer.offer())
        await peer.accept(answer)
        await peer.connected()
        caller = Caller(peer, session)
        try:
            yield caller
        finally:
            await session.hang_up()
