"""A socket that hands over what it reads at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from jackfield.providers.event_socket import AT_A_STRETCH, EventSocket

PATIENCE = 30.0


@asynccontextmanager
async def socket_to(say: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[EventSocket]:
    """A socket to somebody who says just this."""
    async with serve(say, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", create_connection=EventSocket, proxy=None) as socket:
            assert isinstance(socket, EventSocket)
            yield socket


async def test_all_messages_come_in_order_whatever_their_number_and_form() -> None:
    heard: list[str] = []
    listening = asyncio.Event()

    async def say(socket: ServerConnection) -> None:
        await socket.send("before anybody listens")
        await socket.recv()
        for number in range(5 * AT_A_STRETCH):
            await socket.send([f"{number} ", "in ", "pieces"] if number % 7 == 0 else f"{number}")
        await socket.send("Größe".encode())

    def take(message: str) -> None:
        heard.append(message)
        listening.set()

    async with socket_to(say) as socket, asyncio.timeout(PATIENCE):
        task = asyncio.create_task(socket.listen(take))
        await listening.wait()
        await socket.send("go on")
        await task
    numbers = [f"{each} in pieces" if each % 7 == 0 else f"{each}" for each in range(5 * AT_A_STRETCH)]
    assert heard == ["before anybody listens", *numbers, "Größe"]


async def test_others_have_a_turn_in_the_middle_of_a_burst() -> None:
    heard: list[str] = []
    turns: list[int] = []

    async def say(socket: ServerConnection) -> None:
        await socket.recv()
        for number in range(4 * AT_A_STRETCH):
            await socket.send(str(number))

    def take(message: str) -> None:
        heard.append(message)
        asyncio.get_running_loop().call_soon(lambda: turns.append(len(heard)))

    async with socket_to(say) as socket, asyncio.timeout(PATIENCE):
        task = asyncio.create_task(socket.listen(take))
        await asyncio.sleep(0)
        await socket.send("go on")
        await task
    assert len(heard) == 4 * AT_A_STRETCH
    assert turns[0] <= AT_A_STRETCH


async def test_what_the_listener_raises_is_raised_where_it_is_waited_for() -> None:
    async def say(socket: ServerConnection) -> None:
        await socket.send("one")
        await socket.wait_closed()

    def take(message: str) -> None:
        raise ValueError(message)

    async with socket_to(say) as socket, asyncio.timeout(PATIENCE):
        with pytest.raises(ValueError, match="one"):
            await socket.listen(take)


async def test_a_socket_that_was_closed_has_nothing_more_to_say() -> None:
    async def say(socket: ServerConnection) -> None:
        """Nothing."""

    heard: list[str] = []
    async with socket_to(say) as socket, asyncio.timeout(PATIENCE):
        await socket.wait_closed()
        await socket.listen(heard.append)
    assert heard == []
