"""A control leg as a good engineer writes one by hand, for tools that must not stop the line.

It does what Jackfield promises for an ordinary function call and nothing more: the arguments are decoded
and checked against the tool's schema, the tool is entered on an event loop in another thread, its time is
limited, its faults become an output, and a response is asked for when none is under way.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection

Item = Mapping[str, str]


@dataclass
class HandMadeTool:
    """A coroutine function, the schema of its arguments, and the seconds that it has."""

    function: Callable[..., Awaitable[str]]
    schema: Mapping[str, object]
    timeout: float = 20.0
    validator: Draft202012Validator = field(init=False)

    def __post_init__(self) -> None:
        self.validator = Draft202012Validator(self.schema)


@contextmanager
def a_loop_in_a_thread() -> Iterator[asyncio.AbstractEventLoop]:
    """For the tools; stopped when the block is left."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


class ThreadedLine:
    """One sideband."""

    def __init__(
        self, socket: ClientConnection, tools: Mapping[str, HandMadeTool], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._socket = socket
        self._tools = tools
        self._loop = loop
        self._calls: set[asyncio.Task[None]] = set()
        self._unheard = False
        self._responding = False
        self._caller_speaks = False

    async def read(self) -> None:
        async for raw in self._socket:
            await self._take_in(json.loads(raw))

    async def _take_in(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "response.output_item.done" and event["item"]["type"] == "function_call":
            task = asyncio.create_task(self._answer(event["item"]))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        elif kind in ("response.created", "response.done"):
            self._responding = kind == "response.created"
            await self._ask_if_due()
        elif kind in ("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"):
            self._caller_speaks = kind == "input_audio_buffer.speech_started"
            await self._ask_if_due()

    async def _answer(self, item: Item) -> None:
        try:
            output = await self._run(item)
        except TimeoutError:
            output = "There was no result in time."
        except Exception as error:
            output = f"It failed: {error}"
        answer = {"type": "function_call_output", "call_id": item["call_id"], "output": output}
        await self._send({"type": "conversation.item.create", "item": answer})
        self._unheard = True
        await self._ask_if_due()

    async def _run(self, item: Item) -> str:
        tool = self._tools[item["name"]]
        arguments = json.loads(item["arguments"])
        if error := next(tool.validator.iter_errors(arguments), None):
            raise error
        result = asyncio.run_coroutine_threadsafe(_entered(tool, arguments), self._loop)
        async with asyncio.timeout(tool.timeout):
            return await asyncio.wrap_future(result)

    async def _ask_if_due(self) -> None:
        """While an output is unheard, a response is wanted as soon as nobody speaks."""
        if self._unheard and not self._responding and not self._caller_speaks:
            self._unheard, self._responding = False, True
            await self._send({"type": "response.create", "response": {}})

    async def _send(self, event: Mapping[str, object]) -> None:
        await self._socket.send(json.dumps(event))


async def _entered(tool: HandMadeTool, arguments: Mapping[str, object]) -> str:
    return await tool.function(**arguments)
