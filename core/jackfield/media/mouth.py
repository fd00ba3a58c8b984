"""Our voice on a line: an encoder of our own and a clock that never waits for anybody.

aiortc would encode stereo at 96 kbit/s on the default executor, which everything else shares, and in
four native threads per line. A track may return packets that are encoded already; then it just sends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

from jackfield.media.playout import Playout, PlayoutEvent
from jackfield.media.sound import FRAME, FRAME_SECONDS, RATE

# Opus is stamped at 48 kHz whatever it carries.
_TICKS = 48_000 // 50
_TIME_BASE = Fraction(1, 48_000)
_BITS_PER_SECOND = 32_000
# After a stall longer than this, the sound continues now instead of arriving late for ever after.
_STALL_FRAMES = 5

if TYPE_CHECKING:
    from av.stream import Stream

    Encoded = av.Packet[Stream]

log = logging.getLogger(__name__)


class OpusEncoder:
    """24 kHz mono s16le, 20 ms at a time, to one Opus packet each."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, av.AudioCodecContext)
        codec.sample_rate = RATE
        codec.layout = "mono"
        codec.format = "s16"
        codec.bit_rate = _BITS_PER_SECOND
        codec.thread_count = 1
        codec.options = {"application": "voip", "frame_duration": "20"}
        self._codec = codec

    def encode(self, pcm: bytes) -> bytes:
        """One frame (`FRAME_BYTES`) as one packet."""
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.sample_rate = RATE
        frame.planes[0].update(pcm)
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))


class Mouth(AudioStreamTrack):
    """The track that sends what `playout` holds, which may be another one at any moment. `told` is called as
    sound leaves."""

    def __init__(self, playout: Playout, told: Callable[[PlayoutEvent], None]) -> None:
        super().__init__()
        self.playout = playout
        self._told = told
        self._encoder = OpusEncoder()
        self._began: float | None = None
        self._frames = 0

    async def recv(self) -> Encoded:  # type: ignore[override]  # aiortc sends packets as they are
        """The next 20 ms, when their time has come."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._tick()
        pcm, events = self.playout.take()
        packet: Encoded = av.Packet(self._encoder.encode(pcm))
        packet.pts = self._frames * _TICKS
        packet.time_base = _TIME_BASE
        for event in events:
            self._told(event)
        return packet

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
            return
        self._frames += 1
        behind = int((now - self._began) / FRAME_SECONDS) - self._frames
        if behind > _STALL_FRAMES:
            log.warning("The sound of a line stood still for %d ms.", behind * 20)
            self._frames += behind
        await asyncio.sleep(max(0.0, self._began + self._frames * FRAME_SECONDS - now))
