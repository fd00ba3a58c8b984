"""A caller who talks across many sessions of the service, with a function call at work over each change.

    python bench/rollover.py [--changes 5] [--limit 20s] [--json FILE]

Prints, for each change of line, how long it took from the wish for it to the move, and at the end the
longest gap between two frames of sound that the caller received. Fails if anything was lost or said twice.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import jackfield
from figures import Row, table, write
from jackfield.config import load
from jackfield.conversation.notices import LineChanged, LineWanted
from jackfield.hookspecs import RegisterTool
from jackfield.media import HeadlessPeer, Report
from jackfield.notices import AgentSaid, CallFinished, CallHeard, CallReceived, CallStarted, Notice
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session
from jackfield.session.following import follow

AGENTS = """
version: 1
provider: local
providers: {{local: {{mind: script, script: {script}, limit: {limit}}}}}
agents:
  keeper:
    greeting: Good morning.
    tools: [rollover.*]
    calls: {{announce_after: never, timeout: 10m}}
"""

SCRIPT = """
steps:
  - hear: look
    say: I look.
    call: {name: rollover__look, arguments: {}}
  - output: rollover__look
    say: "{output}"
"""


class Shelf:
    """The plugin: a tool that returns when the benchmark lets it."""

    def __init__(self) -> None:
        self._answers: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[str]]] = []

    @jackfield.hookimpl
    def register_tools(self, register: RegisterTool) -> None:
        async def look() -> str:
            """Looks something up."""
            loop = asyncio.get_running_loop()
            answer: asyncio.Future[str] = loop.create_future()
            self._answers.append((loop, answer))
            return await answer

        register(look)

    def release(self, text: str) -> None:
        loop, answer = self._answers.pop(0)
        loop.call_soon_threadsafe(answer.set_result, text)


class Record:
    """What was noticed, and patience with what will be."""

    def __init__(self, session: Session) -> None:
        self.notices: list[Notice] = []
        self._news = asyncio.Condition()
        self.reading = asyncio.create_task(self._read(session))

    async def _read(self, session: Session) -> None:
        async for notice in session.timeline():
            async with self._news:
                self.notices.append(notice)
                self._news.notify_all()

    def count(self, kind: type[Notice]) -> int:
        return sum(isinstance(notice, kind) for notice in self.notices)

    async def until(self, kind: type[Notice], number: int, patience: float) -> None:
        async with asyncio.timeout(patience), self._news:
            await self._news.wait_for(lambda: self.count(kind) >= number)


async def run(changes: int, limit: str) -> tuple[Record, Report]:
    shelf = Shelf()
    shelf.__name__ = "rollover"  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "script.yaml").write_text(SCRIPT)
        (folder / "agents.yaml").write_text(AGENTS.format(script=folder / "script.yaml", limit=limit))
        config = load(folder / "agents.yaml")
        fittings = Fittings(plugins=[shelf], installed=["local"])
        async with Runtime(config, fittings) as runtime, HeadlessPeer.start() as peer:
            return await talk(runtime, peer, shelf, changes)


async def talk(runtime: Runtime, peer: HeadlessPeer, shelf: Shelf, changes: int) -> tuple[Record, Report]:
    session, answer = await runtime.open_session("keeper", await peer.offer())
    await peer.accept(answer)
    await peer.connected()
    following = asyncio.create_task(follow(session, peer))
    record = Record(session)
    try:
        for number in range(1, changes + 1):
            await session.say("look")
            await record.until(CallStarted, number, 30.0)
            await record.until(LineChanged, number, 3_600.0)
            shelf.release(f"Here is number {number}.")
            await record.until(CallHeard, number, 30.0)
            await record.until(AgentSaid, 1 + 2 * number, 30.0)
        report = await peer.finish()
    finally:
        following.cancel()
        await session.hang_up()
        await record.reading
    return record, report


def judge(record: Record, report: Report, changes: int) -> list[str]:
    """What was lost or said twice, as sentences."""
    said = Counter(notice.text for notice in record.notices if isinstance(notice, AgentSaid))
    wanted = Counter(
        {"Good morning.": 1, "I look.": changes}
        | {f"Here is number {number}.": 1 for number in range(1, changes + 1)}
    )
    faults = [
        f"said {said[text]} times, not {wanted[text]}: {text}"
        for text in said | wanted
        if said[text] != wanted[text]
    ]
    if record.count(CallReceived) != changes or record.count(CallFinished) != changes:
        faults.append("function calls were lost or run twice")
    return faults


def changes_of(record: Record) -> list[Row]:
    """When each new line was wanted and made, on the session's clock."""
    wanted = [notice.at for notice in record.notices if isinstance(notice, LineWanted)]
    moved = [notice.at for notice in record.notices if isinstance(notice, LineChanged)]
    return [
        {"change": number, "wanted at s": round(asked, 2), "made after s": round(changed - asked, 2)}
        for number, (asked, changed) in enumerate(zip(wanted, moved, strict=False), start=1)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--changes", type=int, default=5)
    parser.add_argument("--limit", default="20s", help="how long a session at the service lasts")
    parser.add_argument("--most-gap", type=int, default=300, help="ms of sound that may lack")
    parser.add_argument("--json", type=Path, help="where to put the figures")
    options = parser.parse_args()
    record, report = asyncio.run(run(options.changes, options.limit))
    rows = changes_of(record)
    print(table(rows))
    print(f"longest gap between {report.frames} frames: {report.longest_gap_ms} ms")
    faults = judge(record, report, options.changes)
    if report.longest_gap_ms >= options.most_gap:
        faults.append(f"a gap of {report.longest_gap_ms} ms in the sound")
    print("\n".join(faults) or "nothing lost, nothing said twice")
    if options.json:
        write(options.json, "rollover", {"changes": rows, "longest gap ms": report.longest_gap_ms})
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
