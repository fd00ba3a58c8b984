"""The service side of `dispatch.py`: sidebands on real sockets, and a note of the time at the wire itself.

It knows just enough of the Realtime protocol for a control leg to live: it says `session.created`,
acknowledges every output, and gives a (silent) response to everybody who asks for one.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic_ns
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

Event = dict[str, object]

PATIENCE = 30.0
THOUGHT = 0.004
"""Seconds from the beginning of a response to its function calls: less than any model takes."""


@dataclass
class Round:
    """Function calls that were made together. Moments are nanoseconds of the system's monotonic clock, which
    all processes of a machine share."""

    size: int
    called: dict[str, int] = field(default_factory=dict)
    entered: dict[str, int] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, call_id: str, output: str, now: int) -> None:
        """The output of the tool is the moment at which it was entered, and left."""
        self.entered[call_id], self.answered[call_id] = int(output), now
        if len(self.answered) == self.size:
            self.over.set()

    def inward(self) -> list[float]:
        """Microseconds from each event to its tool."""
        return [(self.entered[each] - self.called[each]) / 1000 for each in self.called]

    def through(self) -> list[float]:
        """Microseconds from each event to its output."""
        return [(self.answered[each] - self.called[each]) / 1000 for each in self.called]

    def outward(self) -> list[float]:
        """Microseconds from each tool to the wire on this side."""
        return [(self.answered[each] - self.entered[each]) / 1000 for each in self.called]


class Line(asyncio.Protocol):
    """One sideband, as lean as it can be: what the service itself takes counts against all clients alike."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._protocol = ServerProtocol()
        self._numbers = itertools.count()
        self._round = Round(0)
        self.settled = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = monotonic_ns()
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._open(event)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._take_in(json.loads(event.data), now)
        self._flush()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    async def call(self, tool: str, parallel: int, *, asks: bool) -> Round:
        """So many function calls in one response; returns when all are answered and, where the client `asks`
        for a response to them, when that is over."""
        self._round = round_ = Round(parallel)
        self.settled.clear()
        response = {"id": f"resp_{next(self._numbers)}", "conversation_id": "conv_1"}
        self.say("response.created", response=response)
        await asyncio.sleep(THOUGHT)
        items = [self._item(tool, number) for number in range(parallel)]
        texts = [_text("response.output_item.done", response_id=response["id"], item=item) for item in items]
        for item, text in zip(items, texts, strict=True):
            round_.called[str(item["call_id"])] = monotonic_ns()
            self._send(text)
        self.say("response.done", response={**response, "status": "completed", "output": items})
        async with asyncio.timeout(PATIENCE):
            await round_.over.wait()
            if asks:
                await self.settled.wait()
        return round_

    def say(self, name: str, **fields: object) -> None:
        self._send(_text(name, **fields))

    def _open(self, request: Request) -> None:
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()
        self.say("session.created", session={"type": "realtime"})
        address = urlsplit(request.path)
        side, call_id = address.path.split("/")[1], parse_qs(address.query)["call_id"][0]
        self._exchange.add(side, call_id, self)

    def _take_in(self, event: Event, now: int) -> None:
        item = event.get("item")
        if isinstance(item, dict) and item["type"] == "function_call_output":
            self._round.answer(item["call_id"], item["output"], now)
            self.say("conversation.item.added", item=item)
        elif event["type"] == "response.create":
            asked = event["response"]
            assert isinstance(asked, dict)
            response = {"id": f"resp_{next(self._numbers)}", "conversation_id": "conv_1", **asked}
            self.say("response.created", response=response)
            self.say("response.done", response={**response, "status": "completed", "output": []})
            if self._round.over.is_set():
                self.settled.set()

    def _item(self, tool: str, number: int) -> Event:
        call_id = f"call_{next(self._numbers)}"
        return {
            "id": f"item_{call_id}",
            "type": "function_call",
            "status": "completed",
            "call_id": call_id,
            "name": tool,
            "arguments": json.dumps({"number": number}),
        }

    def _send(self, text: bytes) -> None:
        self._protocol.send_text(text)
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()


class Exchange:
    """All lines of all clients."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[str, Line]] = {}
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, side: str, call_id: str, line: Line) -> None:
        self.lines.setdefault(side, {})[call_id] = line
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def connected(self, side: str, count: int) -> list[Line]:
        """Wait until so many sessions of a client are there."""
        async with asyncio.timeout(4 * PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.lines.get(side, {})) == count)
        return list(self.lines[side].values())

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The address, `http://127.0.0.1:PORT`; the first step of the path names the client."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Line(self), "127.0.0.1", 0, backlog=2048)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _text(name: str, **fields: object) -> bytes:
    return json.dumps({"type": name, "event_id": "event_1", **fields}).encode()
