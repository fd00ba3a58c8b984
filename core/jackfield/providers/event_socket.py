"""A WebSocket that hands over what it reads at once, with no queue and no task in between.

A caller waits for every function call. websockets' own `recv` costs it another turn of the loop, which looks
at all sockets again, and the way through five coroutines.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.protocol import State

AT_A_STRETCH = 16
"""So many events of a burst are handed over before other sessions have a turn, and outputs that are ready."""

Take = Callable[[str], None]


class EventSocket(ClientConnection):
    """An ordinary connection, until somebody calls `listen`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._delivery: _Delivery | None = None

    async def listen(self, take: Take) -> None:
        """Call `take` with each message, on the loop, until the connection is closed. What it raises is
        raised here, and nothing is taken any more."""
        while self.recv_messages.frames:  # what came before anybody listened
            take(await self.recv(decode=True))
        if self.state is State.CLOSED:
            return
        self._delivery = _Delivery(take, self.transport)
        try:
            await self._delivery.over
        finally:
            self._delivery = None

    def process_event(self, event: Any) -> None:
        if self._delivery is not None and isinstance(event, Frame) and event.opcode in DATA_OPCODES:
            self._delivery.add(event)
        else:
            super().process_event(event)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._delivery is not None:
            self._delivery.hand_over()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._delivery is not None:
            self._delivery.end()


class _Delivery:
    """Messages on their way from the frames of one read to whoever takes them; `over` is done when the last
    one was taken. While some wait, nothing more is read."""

    def __init__(self, take: Take, transport: asyncio.Transport) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._take = take
        self._transport = transport
        self._waiting: deque[str] = deque()
        self._fragment = bytearray()

    def add(self, frame: Frame) -> None:
        if frame.fin and frame.opcode is not Opcode.CONT:
            self._waiting.append(str(frame.data, "utf-8", "replace"))
            return
        self._fragment += frame.data
        if frame.fin:
            self._waiting.append(self._fragment.decode("utf-8", "replace"))
            self._fragment.clear()

    def hand_over(self) -> None:
        """A stretch now, and the rest when everybody else has had a turn."""
        self._hand_over(AT_A_STRETCH)
        if self._waiting and not self.over.done():
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._transport.resume_reading()
        self.hand_over()

    def end(self) -> None:
        """The connection is gone."""
        self._hand_over(len(self._waiting))
        if not self.over.done():
            self.over.set_result(None)

    def _hand_over(self, most: int) -> None:
        try:
            while self._waiting and most and not self.over.done():
                most -= 1
                self._take(self._waiting.popleft())
        except Exception as error:
            self.over.set_exception(error)
