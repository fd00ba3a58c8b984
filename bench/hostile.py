"""What hostile tools do to a call: the sound at the caller, and the control leg.

    python bench/hostile.py [--tools sleep,burn,…] [--isolation thread,process] [--seconds 8] [--json FILE]

Each line of the table is a runtime of its own with two callers: headless peers over WebRTC and the embedded
server, all in processes of their own. In one call the caller types, all the while, something that makes the
model call a quick tool. In the other, once a second, the model calls the hostile tool three times at once.
Runs without a hostile tool (`idle`) stand before, between and after the others.

    gap      longest time between two audio frames at either caller, in ms (20 ms is one frame)
    control  from a typed item sent to the response begun for it, in ms: a round trip of the control leg
    quick    from the quick tool's call received to its output sent, in ms
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from figures import Row, summary, table, write
from jackfield.config import Config, load
from jackfield.media import HeadlessPeer, Report
from jackfield.notices import CallerSaid, CallFinished, CallReceived, Notice, ResponseStarted
from jackfield.runtime import Runtime
from jackfield.session import Session

ISOLATIONS = {
    "sleep": ("loop", "thread", "process"),
    "burn": ("thread", "process"),
    "allocate": ("thread", "process"),
    "crash": ("process",),
    "flood": ("thread", "process"),
}
"""The hostile tools, and where each may run: a plain function is never put on a loop, and one that crashes
takes along whatever process it is in."""

EVERY = 1.0
"""Seconds between two bursts of the hostile tool."""

PAUSE = 0.02
"""Seconds between two typed items."""

AT_ONCE = 3
PATIENCE = 30.0

AGENTS = """\
version: 1
provider: local
providers:
  local: {{mind: script, script: {script}}}
agents:
  target:
    instructions: Answer in one sentence.
    tools: [hostile.*]
    calls:
      deliver: silent
      timeout: 10s
      announce_after: never
      {isolation}
"""

SCRIPT = """\
steps:
  - hear: quick
    call: {name: hostile__quick}
"""


@dataclass
class Call:
    """What was noticed of one call, and somebody who waits for more of it."""

    session: Session
    notices: list[Notice] = field(default_factory=list)
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        async for notice in self.session.timeline():
            self.notices.append(notice)
            self.grown.set()

    def answered(self, tool: str) -> int:
        return sum(isinstance(each, CallFinished) and each.tool == f"hostile.{tool}" for each in self.notices)

    async def until_answered(self, tool: str, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.answered(tool) < count:
                self.grown.clear()
                await self.grown.wait()

    def lags(self) -> tuple[list[float], list[float]]:
        """Milliseconds of each round of the quick tool: over the control leg, and through the dispatcher."""
        control, quick = [], []
        typed = received = 0.0
        for notice in self.notices:
            match notice:
                case CallerSaid():
                    typed = notice.at
                case ResponseStarted():
                    control.append(1000 * (notice.at - typed))
                case CallReceived():
                    received = notice.at
                case CallFinished():
                    quick.append(1000 * (notice.at - received))
        return control, quick


async def converse(call: Call, seconds: float) -> None:
    """Type, and wait until the quick tool has answered, again and again."""
    loop = asyncio.get_running_loop()
    end, rounds = loop.time() + seconds, 0
    while loop.time() < end:
        rounds += 1
        await call.session.say("quick")
        await call.until_answered("quick", rounds)
        await asyncio.sleep(PAUSE)


async def trouble(call: Call, tool: str) -> None:
    """Let the model call the hostile tool, three times at once, for as long as nobody stops this."""
    while True:
        await call.session.say(tool)
        await asyncio.sleep(EVERY)


@asynccontextmanager
async def a_call(runtime: Runtime) -> AsyncIterator[tuple[HeadlessPeer, Call]]:
    async with HeadlessPeer.start() as peer:
        session, answer = await runtime.open_session("target", await peer.offer())
        call = Call(session)
        reading = asyncio.create_task(call.read())
        await peer.accept(answer)
        await peer.connected()
        try:
            yield peer, call
        finally:
            await session.hang_up("measured")
            await reading


async def measure(config: Config, tool: str, isolation: str, seconds: float) -> Row:
    """Two calls, one of them under a hostile tool ("" for none)."""
    async with Runtime(config) as runtime, a_call(runtime) as (one, other), a_call(runtime) as (peer, call):
        troubling = asyncio.create_task(trouble(other, tool)) if tool else None
        await converse(call, seconds)
        if troubling:
            troubling.cancel()
        reports = [await each.finish() for each in (one, peer)]
        figures = call.lags()
    return row(tool or "idle", isolation, reports, figures, other.answered(tool))


def row(
    tool: str, isolation: str, reports: Sequence[Report], lags: tuple[list[float], list[float]], calls: int
) -> Row:
    """One line of the table. The first and the last second of a call are its making and its end."""
    gaps = [gap for report in reports for gap in report.gaps_ms[1:-1] or report.gaps_ms]
    control, quick = map(summary, lags)
    return {
        "tool": tool,
        "isolation": isolation,
        "gap ms": max(gaps, default=0),
        "control median": control["median"],
        "control p99": control["p99"],
        "quick median": quick["median"],
        "quick p99": quick["p99"],
        "rounds": len(lags[0]),
        "hostile calls": calls,
    }


def compared(rows: Sequence[Row]) -> list[Row]:
    """What each hostile run added to the mean of the idle runs before and after it."""
    found: list[Row] = []
    for before, run, after in zip(rows[::2], rows[1::2], rows[2::2], strict=False):
        added: dict[str, object] = {"tool": run["tool"], "isolation": run["isolation"]}
        for name in ("gap ms", "control median", "control p99", "quick median", "quick p99"):
            idle = (float(str(before[name])) + float(str(after[name]))) / 2
            added[f"{name.removesuffix(' ms')} +"] = round(float(str(run[name])) - idle, 2)
        found.append(added)
    return found


@contextmanager
def a_place(tools: Sequence[str]) -> Iterator[Path]:
    """A folder with the script of the conversation, and a distribution that makes `hostile_tools` a plugin:
    for this process and, through the environment, for its children."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        distribution = folder / "jackfield_hostile-1.dist-info"
        distribution.mkdir()
        (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: jackfield-hostile\nVersion: 1\n")
        (distribution / "entry_points.txt").write_text("[jackfield]\nhostile = hostile_tools\n")
        (folder / "script.yaml").write_text(SCRIPT + "".join(map(_step, tools)))
        places = [name, str(Path(__file__).parent)]
        sys.path[:0] = places
        os.environ["PYTHONPATH"] = os.pathsep.join([*places, os.environ.get("PYTHONPATH", "")]).strip(
            os.pathsep
        )
        os.environ["JACKFIELD_PLUGINS"] = "hostile,local"
        yield folder


def _step(tool: str) -> str:
    calls = "".join(
        f"\n      - {{name: hostile__{tool}, arguments: {{number: {n}}}}}" for n in range(AT_ONCE)
    )
    return f"  - hear: {tool}\n    call:{calls}\n"


def agents(folder: Path, tool: str, isolation: str) -> Config:
    """The agent for a run, with its tool isolated like this."""
    said = f"tools: {{hostile.{tool}: {{isolation: {isolation}}}}}" if tool else ""
    path = folder / "agents.yaml"
    path.write_text(AGENTS.format(script=folder / "script.yaml", isolation=said))
    return load(path)


async def main(options: argparse.Namespace) -> None:
    with a_place(options.tools) as folder:
        rows = [await measure(agents(folder, "", ""), "", "", options.seconds)]
        for tool, isolation in product(options.tools, options.isolation):
            if isolation not in ISOLATIONS[tool]:
                continue
            rows.append(await measure(agents(folder, tool, isolation), tool, isolation, options.seconds))
            rows.append(await measure(agents(folder, "", ""), "", "", options.seconds))
            print(*rows[-2:], sep="\n", file=sys.stderr)
    print(
        table(rows),
        "\n\nAdded to the mean of the idle runs before and after, in ms:\n\n",
        table(compared(rows)),
        sep="",
    )
    if options.json:
        write(options.json, "hostile", {"runs": rows, "compared": compared(rows)})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tools", type=_words, default=tuple(ISOLATIONS), help=f"of {', '.join(ISOLATIONS)}")
    parser.add_argument("--isolation", type=_words, default=("loop", "thread", "process"))
    parser.add_argument("--seconds", type=float, default=8.0, help="for each call")
    parser.add_argument("--json", type=Path, help="where to put the figures")
    return parser.parse_args()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


if __name__ == "__main__":
    asyncio.run(main(arguments()))
