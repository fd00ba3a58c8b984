"""What Jackfield adds to a function call, beside two asyncio WebSocket clients written by hand.

    python bench/dispatch.py [--sessions 1,100,1000] [--calls 1,8,64] [--seconds 6] [--together] [--json FILE]

    inward    the event `response.output_item.done` goes on the wire  ->  the tool is entered
    outward   the tool returns  ->  its output is received from the wire
    through   both together

This process is the service. Each client is a process of its own with all its sessions on real sockets; all
are idle but the one that is called, and each round is another one's. Rounds of the clients alternate, so that
what else the machine does falls on all. The tool is an `async def` that notes the time. `threaded` does the
same work as Jackfield does for such a call, `bare` as little as answers it (`clients.py`).

In life the service is another machine. Here it has a processor of its own, where there are two: on one
processor with a client it sees an output when that client has nothing more to do, however long ago that was
put on the wire. `--together` leaves it to the system who runs where.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median
from time import monotonic

from exchange import Exchange, Line
from figures import Row, percentile, table, write

SIDES = ("jackfield", "threaded", "bare")
TOOLS = {"jackfield": "bench__noop", "threaded": "noop", "bare": "noop"}
WAYS = ("inward", "outward", "through")
PAUSE = 0.004
"""Seconds between rounds: callers do not come on each other's heels; work that is left over ends in it."""

WARM_UP = 10
FEWEST_ROUNDS = 3


@dataclass
class Client:
    """One of them, with its lines as the service sees them."""

    name: str
    process: Process
    lines: Sequence[Line]

    async def used(self) -> dict[str, float]:
        """Processor seconds and resident bytes so far."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(b"?\n")
        figures: dict[str, float] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 30))
        return figures


@dataclass
class Samples:
    """Microseconds, of one client."""

    inward: list[float] = field(default_factory=list)
    outward: list[float] = field(default_factory=list)
    through: list[float] = field(default_factory=list)
    processor: float = 0.0


def settle_apart() -> frozenset[int]:
    """Put this process, the service, on a processor of its own; the others, if there are any."""
    if sys.platform != "linux":
        return frozenset()
    own, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(0, {own})
    return frozenset(others)


@asynccontextmanager
async def a_client(
    name: str, exchange: Exchange, url: str, sessions: int, processors: frozenset[int]
) -> AsyncIterator[Client]:
    """With all its sessions open, on these processors if any are named. It goes when the block is left,
    whatever happened in it."""
    command = [sys.executable, str(Path(__file__).with_name("clients.py")), name, url, str(sessions)]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    if processors and sys.platform == "linux":
        os.sched_setaffinity(process.pid, processors)
    died = asyncio.create_task(process.wait())
    connected = asyncio.create_task(exchange.connected(name, sessions))
    try:
        await asyncio.wait({died, connected}, return_when=asyncio.FIRST_COMPLETED)
        if died.done():
            raise SystemExit(f"the client {name} ended before its sessions were open; see above")
        yield Client(name, process, await connected)
    finally:
        connected.cancel()
        assert process.stdin
        process.stdin.close()
        await asyncio.wait_for(died, 60)


async def measure(clients: Sequence[Client], calls: int, seconds: float) -> Mapping[str, Samples]:
    """Rounds of so many parallel calls, in turn, for so long."""
    samples = {client.name: Samples() for client in clients}
    queues = {client.name: cycle(client.lines) for client in clients}
    for _ in range(WARM_UP):
        for client in clients:
            await _round(client, next(queues[client.name]), calls, Samples())
    before = {client.name: await client.used() for client in clients}
    end, rounds = monotonic() + seconds, 0
    while monotonic() < end or rounds < FEWEST_ROUNDS:
        first = rounds % len(clients)
        for client in [*clients[first:], *clients[:first]]:
            await _round(client, next(queues[client.name]), calls, samples[client.name])
        rounds += 1
    for client in clients:
        spent = (await client.used())["processor_seconds"] - before[client.name]["processor_seconds"]
        samples[client.name].processor = 1e6 * spent / len(samples[client.name].inward)
    return samples


async def _round(client: Client, line: Line, calls: int, samples: Samples) -> None:
    done = await line.call(TOOLS[client.name], calls, asks=client.name != "bare")
    samples.inward += done.inward()
    samples.outward += done.outward()
    samples.through += done.through()
    await asyncio.sleep(PAUSE)


def row(sessions: int, calls: int, way: str, samples: Mapping[str, Sequence[float]]) -> Row:
    """One line of the table: medians and 99th percentiles in microseconds, and how Jackfield compares."""
    medians = {side: median(samples[side]) for side in SIDES}
    tails = {side: percentile(samples[side], 0.99) for side in SIDES}
    by_hand = SIDES[1:]
    return {
        "sessions": sessions,
        "calls": calls,
        "way": way,
        **{f"{side} us": round(medians[side]) for side in SIDES},
        **{f"/ {side}": round(medians["jackfield"] / medians[side], 2) for side in by_hand},
        **{f"{side} p99": round(tails[side]) for side in SIDES},
        **{f"p99 / {side}": round(tails["jackfield"] / tails[side], 2) for side in by_hand},
        "samples": len(samples["jackfield"]),
    }


def cost(sessions: int, calls: int, samples: Mapping[str, Samples]) -> Row:
    """Processor microseconds of the whole process for one call, what is done afterwards included."""
    each = {f"{side} us": round(samples[side].processor) for side in SIDES}
    return {"sessions": sessions, "calls": calls, **each}


async def bench(
    sessions: int, parallel: Sequence[int], seconds: float, processors: frozenset[int] = frozenset()
) -> tuple[list[Row], list[Row], list[Row]]:
    """All clients with so many sessions: latencies, processor time, memory."""
    latencies: list[Row] = []
    costs: list[Row] = []
    exchange = Exchange()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(exchange.serving())
        clients = [
            await stack.enter_async_context(a_client(side, exchange, url, sessions, processors))
            for side in SIDES
        ]
        used = {client.name: await client.used() for client in clients}
        memory = {f"{side} MB": round(used[side]["resident_bytes"] / 1e6, 1) for side in SIDES}
        start = {f"{side} s": round(used[side]["processor_seconds"], 2) for side in SIDES}
        for calls in parallel:
            samples = await measure(clients, calls, seconds)
            for way in WAYS:
                latencies.append(
                    row(sessions, calls, way, {side: getattr(samples[side], way) for side in SIDES})
                )
            costs.append(cost(sessions, calls, samples))
    return latencies, costs, [{"sessions": sessions, **memory, **start}]


async def main(arguments: argparse.Namespace) -> None:
    latencies: list[Row] = []
    costs: list[Row] = []
    opened: list[Row] = []
    processors: frozenset[int] = frozenset() if arguments.together else settle_apart()
    for sessions in arguments.sessions:
        more = await bench(sessions, arguments.calls, arguments.seconds, processors)
        for rows, found in zip((latencies, costs, opened), more, strict=True):
            rows += found
        print(f"{sessions} sessions measured", file=sys.stderr)
    print(table(latencies), "\n\nProcessor time of one call:\n\n", table(costs), sep="")
    print("\nMemory and processor time with all sessions open:\n\n", table(opened), sep="")
    if arguments.json:
        write(arguments.json, "dispatch", {"latencies": latencies, "processor": costs, "opened": opened})


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sessions", type=_numbers, default=(1, 100, 1000), help="counts, with commas between"
    )
    parser.add_argument(
        "--calls", type=_numbers, default=(1, 8, 64), help="parallel calls, with commas between"
    )
    parser.add_argument("--seconds", type=float, default=6.0, help="for each combination")
    parser.add_argument("--together", action="store_true", help="no processor for the service alone")
    parser.add_argument("--json", type=Path, help="where to put the figures")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


if __name__ == "__main__":
    asyncio.run(main(options()))
