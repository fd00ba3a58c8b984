"""A TCP connection to a server that can be cut: in the middle of a request, or altogether."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Cable:
    """Listens on a port of its own and passes on what comes, to `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._fatal = b""
        self._answers: dict[bytes, bytes] = {}
        self._dribbled = b""

    def cut_once_at(self, word: bytes) -> None:
        """Cut the next connection on which this is sent, as soon as it is."""
        self._fatal = word

    def answer_once_at(self, word: bytes, status: str) -> None:
        """Answer the next request in which this is sent with an HTTP status, in the server's place."""
        head = f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 4"
        self._answers[word] = f"{head}\r\n\r\noops".encode()

    def dribble_at(self, word: bytes) -> None:
        """From where this is sent, pass on what comes back byte by byte, without end."""
        self._dribbled = word

    @property
    def was_cut(self) -> bool:
        return not self._fatal

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        slowly = asyncio.Event()
        back = asyncio.create_task(_pass_on(far_reader, writer, slowly))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if (word := next((each for each in self._answers if each in data), None)) is not None:
                    writer.write(self._answers.pop(word))
                    await writer.drain()
                    break
                if self._dribbled and self._dribbled in data:
                    slowly.set()
                far_writer.write(data)
                await far_writer.drain()
                if self._fatal and self._fatal in data:
                    self._fatal = b""
                    break
        back.cancel()
        with suppress(asyncio.CancelledError):
            await back
        for end in (writer, far_writer):
            end.close()
            with suppress(ConnectionError):
                await end.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slowly: asyncio.Event) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            step = 1 if slowly.is_set() else len(data)
            for start in range(0, len(data), step):
                writer.write(data[start : start + step])
                await writer.drain()
                await asyncio.sleep(0.5 if step < len(data) else 0)


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[tuple[Cable, str]]:
    """A cable to the server at `url`; yields it and the address to use instead."""
    port = url.split(":")[2].split("/")[0]
    line = Cable(int(port))
    listening = await asyncio.start_server(line.connected, "127.0.0.1", 0)
    try:
        near = listening.sockets[0].getsockname()[1]
        yield line, url.replace(port, str(near))
    finally:
        listening.close()
