"""A plugin with a tool that waits until a test says what it shall return."""

import asyncio
import threading
from collections import deque

import jackfield
from jackfield.hookspecs import RegisterTool


class Doors:
    """Opened by the test, in the same process: for whoever waits, or is the next to do so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[str]]] = deque()
        self._texts: deque[str] = deque()

    async def wait(self) -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        with self._lock:
            if self._texts:
                return self._texts.popleft()
            self._waiting.append((loop, answer))
        try:
            return await answer
        finally:
            with self._lock:
                if (loop, answer) in self._waiting:  # given up
                    self._waiting.remove((loop, answer))

    def open(self, text: str) -> None:
        """What waits longest returns this."""
        with self._lock:
            if not self._waiting:
                self._texts.append(text)
                return
            loop, answer = self._waiting.popleft()
        loop.call_soon_threadsafe(answer.set_result, text)


doors = Doors()


async def door() -> str:
    """Waits until it is opened."""
    return await doors.wait()


@jackfield.hookimpl
def register_tools(register: RegisterTool) -> None:
    register(door)
