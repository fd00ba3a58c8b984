"""MCP over this process's own stdin and stdout (MCP, transports, stdio).

While it is served, whatever else in the process prints goes to stderr: a plugin's `print`, a library's, a
child's. That begins before the plugins are imported, so the descriptors are claimed first and served later.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import BinaryIO

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one message; with a longer one the client is not understood any more."""

WAITING = 16
"""Messages that are read ahead."""

Incoming = SessionMessage | Exception


@dataclass(frozen=True, slots=True)
class Wire:
    """The two ends of the pipe to the client."""

    incoming: BinaryIO
    outgoing: BinaryIO


@contextmanager
def claimed() -> Iterator[Wire]:
    """Within the block, stdin and stdout are the wire's alone: others read nothing, and print to stderr."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    try:
        # The threads may still wait in these when the block is left: they are not closed under them.
        yield Wire(
            os.fdopen(incoming, "rb", closefd=False), os.fdopen(outgoing, "wb", buffering=0, closefd=False)
        )
    finally:
        os.dup2(incoming, 0)
        os.dup2(outgoing, 1)


@asynccontextmanager
async def streams(
    wire: Wire,
) -> AsyncIterator[tuple[MemoryObjectReceiveStream[Incoming], MemoryObjectSendStream[SessionMessage]]]:
    """What the SDK's server runs on; the first ends when the client closes its end, or cannot be heard."""
    heard, reading = anyio.create_memory_object_stream[Incoming](WAITING)
    writing, said = anyio.create_memory_object_stream[SessionMessage](WAITING)
    loop = asyncio.get_running_loop()
    threading.Thread(target=_read, args=[wire.incoming, heard, loop], name="mcp stdin", daemon=True).start()
    writer = _Writer(wire.outgoing)
    task = asyncio.create_task(_write(said, writer, heard), name="mcp stdout")
    try:
        yield reading, writing
    finally:
        writing.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):  # what was said last is still delivered
                await asyncio.wait([task])
        task.cancel()
        writer.close()
        for each in (heard, reading, said):
            each.close()


def _read(
    incoming: BinaryIO, heard: MemoryObjectSendStream[Incoming], loop: asyncio.AbstractEventLoop
) -> None:
    """In a thread of its own, which may wait for a client for ever."""
    with suppress(RuntimeError, OSError, ValueError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        while line := incoming.readline(LONGEST_LINE):
            if line.strip():
                asyncio.run_coroutine_threadsafe(heard.send(_message(line)), loop).result()
            if not line.endswith(b"\n"):
                break
        loop.call_soon_threadsafe(heard.close)


def _message(line: bytes) -> Incoming:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        return error


async def _write(
    said: MemoryObjectReceiveStream[SessionMessage], writer: _Writer, heard: MemoryObjectSendStream[Incoming]
) -> None:
    with suppress(OSError):
        async for message in said:
            text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
            await writer.write(text.encode() + b"\n")
        return
    heard.close()  # nobody hears us any more


class _Writer:
    """Writes in a thread of its own: a client that does not read holds up nothing but what it is told."""

    def __init__(self, outgoing: BinaryIO) -> None:
        self._outgoing = outgoing
        self._lines: SimpleQueue[tuple[bytes, asyncio.Future[None]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="mcp stdout", daemon=True).start()

    async def write(self, line: bytes) -> None:
        """Raises `OSError` when the client is gone."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.put((line, done))
        await done

    def close(self) -> None:
        self._lines.put(None)

    def _run(self) -> None:
        while (entry := self._lines.get()) is not None:
            line, done = entry
            error = self._deliver(line)
            with suppress(RuntimeError):  # the loop is closed
                done.get_loop().call_soon_threadsafe(_resolve, done, error)

    def _deliver(self, line: bytes) -> OSError | None:
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[self._outgoing.write(rest) :]
        except OSError as error:
            return error
        return None


def _resolve(done: asyncio.Future[None], error: OSError | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
