"""What this package changes in aiortc and aioice, all in one place.

Called once, by the media processes and by nothing else: a program that imports Jackfield and uses aiortc
itself finds its aiortc untouched.

- `aiortc.rtcrtpreceiver.JitterBuffer`: theirs delays sound by 280 ms from the first lost packet to the
  end of the call; ours by 40 ms at most.
- `aioice.ice.get_host_addresses`: theirs leaves out 127.0.0.1, so that a machine with no network waits
  for ever; with no other address ours offers it.
- `aioice.ice.CONSENT_INTERVAL`: a check each second instead of each five, so that a peer with nothing to
  say is heard from. Its failure count stays that of 30 s: `Peer` decides earlier, and by all packets.
- `aioice.ice.StunProtocol.datagram_received`: notes when anything arrived, for `heard_at`.
"""

from __future__ import annotations

import time
from typing import Any
from weakref import WeakKeyDictionary

import aioice.ice
import aiortc.jitterbuffer
import aiortc.rtcrtpreceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

from jackfield.media.jitter import JitterBuffer

LOOPBACK = "127.0.0.1"

_heard: WeakKeyDictionary[aioice.ice.Connection, float] = WeakKeyDictionary()
_installed: list[str] = []

_stock_addresses = aioice.ice.get_host_addresses
_stock_datagram_received = aioice.ice.StunProtocol.datagram_received


def install() -> None:
    """Change aiortc and aioice in this process. Idempotent."""
    if _installed:
        return
    for module, name, ours in (
        (aiortc.rtcrtpreceiver, "JitterBuffer", _jitter_buffer),
        (aioice.ice, "get_host_addresses", host_addresses),
        (aioice.ice, "CONSENT_INTERVAL", 1),
        (aioice.ice, "CONSENT_FAILURES", 30),
        (aioice.ice.StunProtocol, "datagram_received", _datagram_received),
    ):
        setattr(module, name, ours)
        _installed.append(name)


def heard_at(connection: aioice.ice.Connection) -> float | None:
    """When the last datagram arrived on this connection, by `time.monotonic`; None if none ever did."""
    return _heard.get(connection)


def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """The addresses of this machine, or loopback where it has no other."""
    return or_loopback(_stock_addresses(use_ipv4=use_ipv4, use_ipv6=use_ipv6))


def or_loopback(addresses: list[str]) -> list[str]:
    return addresses or [LOOPBACK]


def _datagram_received(self: aioice.ice.StunProtocol, data: bytes | str, addr: tuple[Any, ...]) -> None:
    _heard[self.receiver] = time.monotonic()
    _stock_datagram_received(self, data, addr)


class AudioJitterBuffer:
    """Ours in the shape that aiortc expects: one Opus packet is one frame."""

    def __init__(self) -> None:
        self._buffer: JitterBuffer[RtpPacket] = JitterBuffer()
        self._source: int | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        if packet.ssrc != self._source:
            # Another stream counts from another number.
            self._source = packet.ssrc
            self._buffer = JitterBuffer()
        turn = self._buffer.add(packet.sequence_number, packet)
        # `_data` is set by the receiver just before, and read by no one else.
        return False, None if turn is None else JitterFrame(turn._data, turn.timestamp)  # type: ignore[attr-defined]


def _jitter_buffer(
    capacity: int, prefetch: int = 0, is_video: bool = False
) -> aiortc.jitterbuffer.JitterBuffer | AudioJitterBuffer:
    if is_video:
        return aiortc.jitterbuffer.JitterBuffer(capacity, prefetch, is_video)
    return AudioJitterBuffer()
