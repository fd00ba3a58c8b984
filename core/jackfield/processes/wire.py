"""Messages between a process and its parent, over one stream socket.

A message is a JSON object with a `kind` and a few fields, followed by bytes that the header need not know
(sound, the text of a data channel, a tool's result). On the wire: two 32-bit lengths, the JSON, the bytes.
The end of the stream means that the other side died or is done; there is no other farewell.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_HEADER = 1 << 20
# A second of anything a caller hears is far less; the largest are pictures that tools return.
MOST_PAYLOAD = 5 << 20
# A side that lets this much pile up does not read any more; it is treated as dead.
MOST_UNSENT = 64 << 20

_LENGTHS = struct.Struct("!II")


class WireError(Exception):
    """The bytes on the wire are not messages, or a message is too large for it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `fields` hold JSON values."""

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)
    payload: bytes = b""

    def text(self, name: str) -> str:
        """The field `name` as text; `WireError` where it is missing or something else."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise WireError(f"{self.kind}: {name} is not text")
        return value

    def number(self, name: str) -> int:
        """The field `name` as a whole number; `WireError` where it is missing or something else."""
        value = self.fields.get(name)
        if not isinstance(value, int):
            raise WireError(f"{self.kind}: {name} is not a whole number")
        return value


def encode(message: Message) -> bytes:
    """The message as bytes. Raises `WireError` if it is larger than a reader would take."""
    header = json.dumps({**message.fields, "kind": message.kind}, separators=(",", ":")).encode()
    if len(header) > MOST_HEADER or len(message.payload) > MOST_PAYLOAD:
        raise WireError(f"{message.kind}: {len(header)} + {len(message.payload)} bytes are too many")
    return _LENGTHS.pack(len(header), len(message.payload)) + header + message.payload


class Decoder:
    """Bytes in, messages out. Never holds more than one message and one read."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete now. Raises `WireError` for bytes that are not messages."""
        self._buffer += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        if len(self._buffer) < _LENGTHS.size:
            return None
        header, payload = _LENGTHS.unpack_from(self._buffer)
        if header > MOST_HEADER or payload > MOST_PAYLOAD:
            raise WireError(f"a message of {header} + {payload} bytes")
        end = _LENGTHS.size + header + payload
        if len(self._buffer) < end:
            return None
        start = _LENGTHS.size + header
        message = _message(bytes(self._buffer[_LENGTHS.size : start]), bytes(self._buffer[start:end]))
        del self._buffer[:end]
        return message


def _message(header: bytes, payload: bytes) -> Message:
    try:
        fields = json.loads(header)
        kind = fields.pop("kind")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise WireError("a header that is not a JSON object with a kind") from error
    return Message(str(kind), fields, payload)


class Wire:
    """One end of the stream, in asyncio. One reader; any number of senders on the same loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = Decoder()
        self._ready: list[Message] = []

    @classmethod
    async def over(cls, end: socket.socket) -> Wire:
        """A wire over one end of a socket pair, which it owns from now on."""
        end.setblocking(False)
        return cls(*await asyncio.open_connection(sock=end))

    def send(self, kind: str, payload: bytes = b"", **fields: object) -> None:
        """Send without waiting. To a side that is gone it does nothing: its reader tells the end."""
        if self._writer.is_closing():
            return
        self._writer.write(encode(Message(kind, fields, payload)))
        if self._writer.transport.get_write_buffer_size() > MOST_UNSENT:
            self.abort()

    async def receive(self) -> Message | None:
        """The next message; None when the other side is gone, or sends what is no message."""
        while not self._ready:
            try:
                data = await self._reader.read(1 << 16)
                self._ready = list(self._decoder.feed(data))[::-1]
            except (OSError, WireError):
                return None
            if not data:
                return None
        return self._ready.pop()

    def close(self) -> None:
        """End the stream; the other side reads its end. Idempotent."""
        self._writer.close()

    def abort(self) -> None:
        """End the stream without waiting for a side that does not read; ours reads the end of it, too."""
        self._writer.transport.abort()
