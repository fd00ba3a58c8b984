"""One WebRTC connection with a caller or a service: the one place that knows aiortc's traps.

Runs in media processes only, after `patches.install()`. What the traps are and what they cost:

- Without `iceServers=[]` aiortc asks a STUN server of its own choice, up to five seconds.
- With `MAX_BUNDLE` a data channel made before the track leaves the connection in "new" for ever.
- It never fails: an answer is awaited without end, a dead peer is noticed after half a minute. So
  connecting is bounded here, and a peer from which nothing arrives for some seconds is gone.
- A track that nobody reads grows without bound: what we did not ask for is made inactive.
- `close` can wait for a stuck transport: it is bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack

from jackfield.errors import MediaError
from jackfield.media import patches
from jackfield.media.offers import check_offer, clean, has_candidates, message_size
from jackfield.media.receive import listen

CONNECT_WITHIN = 10.0
SILENT_FOR = 4.0
"""Seconds without a packet after which the other side is gone for whoever calls, who makes another line."""

MISSED_AFTER = 15.0
"""Seconds after which it is for whoever answers. A browser needs some ten to see that its sound is lost and
to make another line; were the session over by then, there would be nothing to go on with."""

DESCRIBE_WITHIN = 5.0
CLOSE_WITHIN = 2.0
# A side that does not read its data channel is not there for us any more.
MOST_BUFFERED = 8 << 20

_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Connected:
    """Sound can flow."""


@dataclass(frozen=True, slots=True)
class ChannelOpen:
    """The data channel is open: `Peer.send` works from now on."""


@dataclass(frozen=True, slots=True)
class Text:
    """One message from the data channel."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """What was heard, at 24 kHz; `real` is false for silence that stands for sound that did not come."""

    pcm: bytes
    real: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is over; the last event."""

    reason: str


PeerEvent = Connected | ChannelOpen | Text | Sound | Lost


class State(enum.Enum):
    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"


NEXT = {
    State.NEW: {State.CONNECTING, State.CLOSED},
    State.CONNECTING: {State.CONNECTED, State.CLOSED},
    State.CONNECTED: {State.CLOSED},
    State.CLOSED: set(),
}


class Peer:
    """One connection with one audio track each way and at most one data channel.

    `calling` is the side that makes the offer. `tell` is called on the loop, in order, never after `Lost`.
    """

    def __init__(
        self, track: MediaStreamTrack, tell: Callable[[PeerEvent], None], *, calling: bool = False
    ) -> None:
        self.state = State.NEW
        self.message_size = 0
        self._patience = SILENT_FOR if calling else MISSED_AFTER
        self._track = track
        self._tell = tell
        self._channel: RTCDataChannel | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        # Whoever calls wants one transport; whoever answers takes what is offered.
        bundle = RTCBundlePolicy.MAX_BUNDLE if calling else RTCBundlePolicy.BALANCED
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=bundle))

    async def offer(self, label: str) -> str:
        """An SDP offer with all candidates in it, and a data channel named `label`. Once per peer."""
        if self._channel is not None:
            raise MediaError("This peer has made its offer; a new call needs a new peer.")
        self._attach()
        self._use_channel(self._pc.createDataChannel(label))
        return await self._describe()

    async def accept(self, answer: str) -> None:
        """Connect with whoever answered the offer. Raises `MediaError` for an answer that is none."""
        answer = clean(answer)
        if not has_candidates(answer):
            raise MediaError("The SDP answer has no address to connect to.")
        await self._take(RTCSessionDescription(sdp=answer, type="answer"))
        # The answer is complete; only a connection that knows it can find out that it has failed.
        await self._pc.addIceCandidate(None)
        self._enter(State.CONNECTING)
        self._spawn(self._watch())

    async def answer(self, offer: str) -> str:
        """The SDP answer, all candidates in it. Raises `MediaError` for an offer that cannot be answered."""
        offer = clean(offer)
        check_offer(offer)
        ours = self._attach()
        await self._take(RTCSessionDescription(sdp=offer, type="offer"))
        for transceiver in self._pc.getTransceivers():
            if transceiver is not ours:
                transceiver.direction = "inactive"
        answer = await self._describe()
        self._enter(State.CONNECTING)
        self._spawn(self._watch())
        return answer

    def send(self, text: str) -> None:
        """Send one message. Raises `MediaError` before `ChannelOpen`, and above `message_size` bytes."""
        channel = self._channel
        if channel is None or channel.readyState != "open":
            raise MediaError("The data channel is not open.")
        if len(text.encode()) > self.message_size:
            raise MediaError(f"A message of {len(text)} characters is more than the other side takes.")
        channel.send(text)
        if channel.bufferedAmount > MOST_BUFFERED:
            self._spawn(self.close("the other side does not read its data channel"))

    async def close(self, reason: str = "hung up") -> None:
        """End the connection. Idempotent; takes `CLOSE_WITHIN` at most."""
        if self.state is State.CLOSED:
            return
        self._enter(State.CLOSED)
        self._tell(Lost(reason))
        own = asyncio.current_task()
        others = [task for task in self._tasks if task is not own]
        for task in others:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await asyncio.gather(*others, return_exceptions=True)
                await self._pc.close()

    def fall_silent(self) -> None:
        """Send and hear nothing any more, as when a network fails, and tell nobody. For tests."""
        connection = self._pc.getReceivers()[0].transport.transport._connection
        for protocol in connection._protocols:
            for end, way in ((protocol.transport, "sendto"), (protocol, "datagram_received")):
                setattr(end, way, _nowhere)

    def _enter(self, state: State) -> None:
        if state not in NEXT[self.state]:
            raise MediaError(f"The connection is {self.state.value}, and cannot be {state.value}.")
        self.state = state

    def _attach(self) -> RTCRtpTransceiver:
        pc = self._pc
        sender = pc.addTrack(self._track)
        ours = next(one for one in pc.getTransceivers() if one.sender is sender)
        opus = [
            codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"
        ]
        ours.setCodecPreferences(opus)
        pc.on("track", self._hear)
        pc.on("datachannel", self._use_channel)
        pc.on("connectionstatechange", self._changed)
        return ours

    async def _take(self, description: RTCSessionDescription) -> None:
        try:
            async with asyncio.timeout(DESCRIBE_WITHIN):
                await self._pc.setRemoteDescription(description)
        except Exception as error:  # a foreign parser on a stranger's text fails in any way
            raise MediaError(
                f"The SDP {description.type} cannot be used ({type(error).__name__} while reading it)."
            ) from error
        self.message_size = message_size(description.sdp)

    async def _describe(self) -> str:
        try:
            async with asyncio.timeout(DESCRIBE_WITHIN):
                await self._pc.setLocalDescription()
        except Exception as error:  # what the other side asked for may be impossible in any way
            raise MediaError(f"No SDP could be made ({type(error).__name__}).") from error
        return str(self._pc.localDescription.sdp)

    def _hear(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._pc.getReceivers()[0].track is track:
            self._spawn(listen(track, lambda pcm, real: self._say(Sound(pcm, real))))

    def _use_channel(self, channel: RTCDataChannel) -> None:
        if self._channel is not None:
            channel.close()
            return
        self._channel = channel
        channel.on("open", lambda: self._say(ChannelOpen()))
        channel.on("message", self._receive)
        if channel.readyState == "open":
            self._say(ChannelOpen())

    def _receive(self, data: str | bytes) -> None:
        self._say(Text(data if isinstance(data, str) else data.decode(errors="replace")))

    def _say(self, event: PeerEvent) -> None:
        if self.state is not State.CLOSED:
            self._tell(event)

    def _changed(self) -> None:
        state = self._pc.connectionState
        if state == "connected" and self.state is State.CONNECTING:
            self._enter(State.CONNECTED)
            self._say(Connected())
        elif state in ("failed", "closed") and self.state is not State.CLOSED:
            connecting = self.state is State.CONNECTING
            reason = "no connection could be made" if connecting else "the other side ended the connection"
            self._spawn(self.close(reason))

    async def _watch(self) -> None:
        """Bound what aiortc does not: connecting, and the silence of a peer that vanished."""
        asked = looked = time.monotonic()
        while self.state is not State.CLOSED:
            await asyncio.sleep(_LOOK_EVERY)
            now = time.monotonic()
            # If this process itself stood still, what arrived meanwhile has not been read yet.
            awake, looked = now - looked < 4 * _LOOK_EVERY, now
            if self.state is State.CONNECTING and now - asked > CONNECT_WITHIN:
                await self.close(f"no connection within {CONNECT_WITHIN:.0f} s")
            elif self.state is State.CONNECTED and awake and now - self._heard(now) > self._patience:
                await self.close(f"nothing arrived for {self._patience:.0f} s")

    def _heard(self, now: float) -> float:
        heard = patches.heard_at(self._pc.getReceivers()[0].transport.transport._connection)
        return now if heard is None else heard

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _nowhere(data: bytes, address: object = None) -> None:
    """In place of the ways out of a socket, and in."""
