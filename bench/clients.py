"""The three clients that `dispatch.py` compares, each run as a process of its own:

    python clients.py jackfield|threaded|bare URL SESSIONS

Each holds that many sidebands and has one tool, which notes the time and returns it. A line on stdin asks
for what the process has used so far; the end of stdin ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic_ns, process_time

from websockets.asyncio.client import ClientConnection, connect

from figures import resident_bytes
from jackfield.config import Config, load
from jackfield.dispatch import Dispatcher, LoopExecutor, ThreadExecutor
from jackfield.dispatch.interpreter import steady
from jackfield.plugins import Plugins
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.timeouts import Timeouts
from jackfield.session import Session, Switchboard
from jackfield.telemetry import spans
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.source import FunctionSource
from jackfield.tools.tool import LOOP, THREAD
from threaded import HandMadeTool, ThreadedLine, a_loop_in_a_thread

Reader = Callable[[ClientConnection], Coroutine[object, object, None]]

AT_ONCE = 50
"""So many sessions are opened at the same time."""

AGENTS = """\
version: 1
provider: openai
providers:
  openai: {model: gpt-realtime-2.1, api_key: sk-bench}
agents:
  bench:
    instructions: Answer.
    tools: [bench.*]
    calls: {concurrency: 64}
"""


SCHEMA = {
    "type": "object",
    "properties": {"number": {"type": "integer", "description": "Any number."}},
    "required": ["number"],
    "additionalProperties": False,
}
"""Of the tool's arguments, as Jackfield makes it of the function."""


async def noop(number: int) -> str:
    """Tell the time at which this was called.

    Args:
        number: Any number.
    """
    return str(monotonic_ns())


class SidebandsOnly(RealtimeProvider):
    """The sessions of a benchmark have no caller, so there is nothing to hang up."""

    async def hang_up(self, call_id: str) -> None:
        pass


def declared() -> Config:
    """The agent of the benchmark, read as any other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "agents.yaml")
        path.write_text(AGENTS)
        return load(path)


@asynccontextmanager
async def jackfield(url: str, sessions: int) -> AsyncIterator[None]:
    """The parts that a runtime holds together, without a caller's sound."""
    config = declared()
    source = FunctionSource("bench")
    source.register(noop)
    dispatcher = Dispatcher({LOOP: LoopExecutor(), THREAD: ThreadExecutor()})
    endpoint = Endpoint(f"{url}/jackfield/v1", "gpt-realtime-2.1", offer_form="multipart")
    provider = SidebandsOnly("openai", endpoint, ApiKey("sk-bench"))
    plugins = Plugins.load({}, allow=(), extra=[spans])
    board = Switchboard(config, lambda: Catalogue([source]), {}, dispatcher, plugins.notify)
    lines = [Session(f"session_{number}", "bench", provider, board) for number in range(sessions)]
    with steady():
        async with asyncio.TaskGroup() as group:
            running = []
            for number, line in enumerate(lines):
                running.append(group.create_task(line.run(f"rtc_{number}")))
                await _every(AT_ONCE, number)
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
    await dispatcher.aclose()
    await provider.aclose()


@asynccontextmanager
async def threaded(url: str, sessions: int) -> AsyncIterator[None]:
    """The same work by hand: see `threaded.py`."""
    tools = {"noop": HandMadeTool(noop, SCHEMA)}
    with a_loop_in_a_thread() as loop:
        async with _dialled(
            url, "threaded", sessions, lambda socket: ThreadedLine(socket, tools, loop).read()
        ):
            yield


@asynccontextmanager
async def bare(url: str, sessions: int) -> AsyncIterator[None]:
    """The least that answers: read, decode, a task for each tool, encode, send."""
    async with _dialled(url, "bare", sessions, _read):
        yield


@asynccontextmanager
async def _dialled(url: str, side: str, sessions: int, read: Reader) -> AsyncIterator[None]:
    """All sockets of a client without Jackfield, each with a task that reads it."""
    times = Timeouts()
    address = f"{url.replace('http', 'ws', 1)}/{side}/v1/realtime?call_id=rtc_"
    async with AsyncExitStack() as stack:
        for number in range(sessions):
            dial = connect(
                f"{address}{number}",
                compression=None,
                proxy=None,
                ping_interval=times.keepalive,
                ping_timeout=times.keepalive,
                close_timeout=times.goodbye,
            )
            socket = await stack.enter_async_context(dial)
            reading = asyncio.create_task(read(socket))
            stack.callback(reading.cancel)
        yield


async def _read(socket: ClientConnection) -> None:
    calls: set[asyncio.Task[None]] = set()
    async for raw in socket:
        event = json.loads(raw)
        if event["type"] == "response.output_item.done" and event["item"]["type"] == "function_call":
            task = asyncio.create_task(_answer(socket, event["item"]))
            calls.add(task)
            task.add_done_callback(calls.discard)


async def _answer(socket: ClientConnection, item: dict[str, str]) -> None:
    output = await noop(**json.loads(item["arguments"]))
    answer = {"type": "function_call_output", "call_id": item["call_id"], "output": output}
    await socket.send(json.dumps({"type": "conversation.item.create", "item": answer}))


async def _every(many: int, number: int) -> None:
    """Let those that were begun get on with it."""
    if number % many == many - 1:
        await asyncio.sleep(0.01)


CLIENTS = {"jackfield": jackfield, "threaded": threaded, "bare": bare}


async def main(client: str, url: str, sessions: int) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with CLIENTS[client](url, sessions):
        while await lines.readline():
            used = {"processor_seconds": process_time(), "resident_bytes": resident_bytes()}
            print(json.dumps(used), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
