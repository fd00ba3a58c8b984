"""A plugin with a tool that waits until a test says what it shall return."""

import asyncio

import jackfield
from jackfield.hookspecs import RegisterTool


class Doors:
    """Opened by the test, in the same process."""

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[str]]] = []

    async def wait(self) -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        self._waiting.append((loop, answer))
        return await answer

    def open(self, text: str) -> None:
        """What waits longest returns this."""
        loop, answer = self._waiting.pop(0)
        loop.call_soon_threadsafe(answer.set_result, text)


doors = Doors()


async def door() -> str:
    """Waits until it is opened."""
    return await doors.wait()


@jackfield.hookimpl
def register_tools(register: RegisterTool) -> None:
    register(door)
