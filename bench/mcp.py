"""What MCP servers cost the conversation, beside a bare SDK client on the session's own event loop.

    python bench/mcp.py [--rounds 10] [--sessions 10] [--modality text] [--json FILE]

`lag` is how late a ticker of 2 ms comes on the event loop that sessions live on, while a server returns
1 MiB or lists its 404 tools anew. The rounds of the bare client (which runs on that loop), of the hub
(which has its own thread and loop) and of nothing at all alternate. `first words` is the time from opening a
session to the agent's first words, without MCP servers and with five of which one hangs at its start; the two
alternate.
"""

from __future__ import annotations

import sys

sys.path.append(sys.path.pop(0))  # this file has the name of the SDK, and must not be taken for it

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from mcp import Client, StdioServerParameters, stdio_client

from figures import Row, summary, table, write
from jackfield.config import Config, load
from jackfield.config.servers import McpServerConfig
from jackfield.mcp import Hub, ServerState
from jackfield.runtime import Runtime
from jackfield.tools.tool import ToolContext

# -P: the folder of a script would be searched first, and there is a mcp.py in this one.
SERVER = [sys.executable, "-P", str(Path(__file__).with_name("many_tools.py"))]
HANGS = [sys.executable, "-c", "import sys; sys.stdin.read()"]
TICK = 0.002
IDLE = 0.3
CONTEXT = ToolContext("call", "session", "agent", 60)

AGENTS = """
version: 1
agents:
  receptionist:
    greeting: Brightside Repairs, good day.
    tools: [clock.now]
"""

Work = Callable[[], Awaitable[object]]


async def lateness(work: Work) -> list[float]:
    """How late a ticker on this loop is, in ms, while something is done."""
    late: list[float] = []
    task = asyncio.ensure_future(work())
    while not task.done():
        began = perf_counter()
        await asyncio.sleep(TICK)
        late.append(1000 * (perf_counter() - began - TICK))
    await task
    return late


class Subject:
    """A hub with the server, as the runtime has it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.hub = Hub({"many": McpServerConfig(command=SERVER)}, changed=self._changed)

    def _changed(self, name: str) -> None:
        self._loop.call_soon_threadsafe(self._news.set)

    async def ready(self) -> None:
        while self.hub.status()[0].state is not ServerState.READY:
            await self._news.wait()
            self._news.clear()

    async def call(self, name: str, **arguments: object) -> None:
        tool = next(each for each in self.hub.sources()[0].tools() if each.name == f"many.{name}")
        await asyncio.wrap_future(self.hub.executor.submit(tool, arguments, CONTEXT))

    async def big(self) -> None:
        await self.call("big", kibibytes=1024)

    async def list(self) -> None:
        self._news.clear()
        await self.call("change")
        await self._news.wait()


async def measure_lag(rounds: int) -> list[Row]:
    subject = Subject()
    subject.hub.start()
    try:
        await subject.ready()
        async with Client(stdio_client(StdioServerParameters(command=SERVER[0], args=SERVER[1:]))) as bare:
            return await _alternate(subject, bare, rounds)
    finally:
        await subject.hub.aclose()


async def _alternate(subject: Subject, bare: Client, rounds: int) -> list[Row]:
    async def bare_big() -> None:
        await bare.call_tool("big", {"kibibytes": 1024})

    async def bare_list() -> None:
        await bare.call_tool("change", {})
        await bare.list_tools(cache_mode="bypass")

    await bare.list_tools()
    works: Mapping[tuple[str, str], Work] = {
        ("nothing", "-"): lambda: asyncio.sleep(IDLE),
        ("1 MiB result", "bare client"): bare_big,
        ("1 MiB result", "jackfield"): subject.big,
        ("404 tools listed", "bare client"): bare_list,
        ("404 tools listed", "jackfield"): subject.list,
    }
    late: dict[tuple[str, str], list[float]] = {key: [] for key in works}
    worst: dict[tuple[str, str], list[float]] = {key: [] for key in works}
    for _ in range(rounds):
        for key, work in works.items():
            found = await lateness(work)
            late[key] += found
            worst[key].append(max(found))
            await asyncio.sleep(0.05)
    return [
        {
            "while": what,
            "by": who,
            "lag ms p99": summary(late[what, who])["p99"],
            "worst of a round ms, median": summary(worst[what, who])["median"],
            "worst ms": summary(late[what, who])["worst"],
        }
        for what, who in works
    ]


def written(folder: str, name: str, servers: Mapping[str, list[str]]) -> Config:
    listed = "".join(f"  {name}: {{command: {command!r}}}\n" for name, command in servers.items())
    path = Path(folder, f"{name}.yaml")
    path.write_text(AGENTS + (f"mcp_servers:\n{listed}" if listed else ""))
    return load(path)


async def first_words(runtime: Runtime, modality: str) -> float:
    """Milliseconds from opening a session to the first words."""
    began = perf_counter()
    session, _ = await runtime.connect("receptionist", modality="audio" if modality == "audio" else "text")
    async for notice in session.timeline():
        if notice.type in ("agent_saying", "agent_said"):
            break
    took = 1000 * (perf_counter() - began)
    await session.hang_up()
    return took


async def measure_sessions(count: int, modality: str) -> list[Row]:
    five = {**{f"server_{number}": SERVER for number in range(4)}, "hangs": HANGS}
    took: dict[str, list[float]] = {"none": [], "five, one of them hanging": [], "five, all starting": []}
    with TemporaryDirectory() as folder:
        async with Runtime(written(folder, "none", {})) as without:
            await first_words(without, modality)  # what is loaded once is nobody's cost here
            async with Runtime(written(folder, "five", five)) as beside:
                took["five, all starting"].append(await first_words(beside, modality))
                while sum(each.state is ServerState.READY for each in beside.mcp_servers()) < 4:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                for _ in range(count):
                    took["none"].append(await first_words(without, modality))
                    took["five, one of them hanging"].append(await first_words(beside, modality))
    return [
        {"MCP servers": name, "sessions": len(values), **summary(values)} for name, values in took.items()
    ]


async def measure(options: argparse.Namespace) -> None:
    lag = await measure_lag(options.rounds)
    print(table(lag), end="\n\n")
    sessions = await measure_sessions(options.sessions, options.modality)
    print(f"First words ({options.modality}) after opening a session, in ms\n\n{table(sessions)}")
    if options.json:
        write(options.json, "mcp", {"lag": lag, "first words": sessions})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--modality", choices=("text", "audio"), default="text")
    parser.add_argument("--json", type=Path, help="where to put the figures")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
