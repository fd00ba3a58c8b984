"""One media process of the embedded server: `python -m jackfield_local.media_worker`.

It owns the callers' peer connections and the clock by which they hear us. What the front asks for comes
over the wire as `answer`, `send`, `play`, `finish`, `flush`, `vanish` and `close`, each with the name of a
line; what happens goes back the same way. When the front dies, the wire ends and so does this.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence

from jackfield.errors import MediaError
from jackfield.media import patches
from jackfield.media.mouth import Mouth
from jackfield.media.playout import Playout, PlayoutEvent, Started
from jackfield.media.process import run
from jackfield.media.rtc import ChannelOpen, Connected, Lost, Peer, PeerEvent, Sound, Text
from jackfield.processes.wire import Message, Wire

# What is kept for a data channel that is not open yet.
MOST_UNSENT = 500

log = logging.getLogger(__name__)


class CallerLeg:
    """One caller: their connection, and what is to be said to them."""

    def __init__(self, name: str, wire: Wire, over: Callable[[str], None]) -> None:
        self._name = name
        self._wire = wire
        self._over = over
        self._playout = Playout()
        self._unsent: list[str] | None = []
        self._overfull: set[str] = set()
        self._peer = Peer(Mouth(self._playout, self._played), self._happened)

    async def answer(self, offer: str) -> None:
        """Answer the caller, or tell the front why not."""
        try:
            sdp = await self._peer.answer(offer)
        except MediaError as error:
            self._tell("refused", why=str(error))
            await self.close(str(error))
        else:
            self._tell("answered", sdp=sdp, most=self._peer.message_size)

    async def close(self, reason: str) -> None:
        await self._peer.close(reason)

    def obey(self, message: Message) -> None:
        """Do one thing that the front asks for; none of them waits."""
        match message.kind:
            case "play":
                self._play(message.text("item"), message.payload)
            case "finish":
                self._report(self._playout.finish(message.text("item")))
            case "flush":
                self._report(self._playout.flush())
            case "send":
                self._send(message.payload.decode())
            case "vanish":
                self._peer.fall_silent()

    def _play(self, item: str, pcm: bytes) -> None:
        if not self._playout.play(item, pcm) and self._playout.queued and item not in self._overfull:
            self._overfull.add(item)
            log.warning("Line %s: sound is dropped; ten minutes of it wait to be said.", self._name)

    def _send(self, text: str) -> None:
        if self._unsent is not None:
            if len(self._unsent) < MOST_UNSENT:
                self._unsent.append(text)
            return
        try:
            self._peer.send(text)
        except MediaError as error:
            log.warning("Line %s: a message was not sent: %s", self._name, error)

    def _played(self, event: PlayoutEvent) -> None:
        self._report([event])

    def _report(self, events: Sequence[PlayoutEvent]) -> None:
        for event in events:
            if isinstance(event, Started):
                self._tell("started", item=event.item_id)
            else:
                self._tell("finished", item=event.item_id, ms=event.played_ms, cut=int(event.cut))

    def _happened(self, event: PeerEvent) -> None:
        match event:
            case Sound(pcm):
                self._tell("audio", pcm)
            case Text(text):
                self._tell("text", text.encode())
            case ChannelOpen():
                self._tell("opened")
                unsent, self._unsent = self._unsent or [], None
                for text in unsent:
                    self._send(text)
            case Lost(reason):
                self._tell("closed", reason=reason)
                self._over(self._name)
            case Connected():
                pass

    def _tell(self, kind: str, payload: bytes = b"", **fields: object) -> None:
        self._wire.send(kind, payload, line=self._name, **fields)


class MediaWorker:
    """The callers of this process, by the name of their line."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._legs: dict[str, CallerLeg] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve the front until it is gone."""
        while (message := await self._wire.receive()) is not None:
            name = message.text("line")
            if message.kind == "answer":
                leg = self._legs[name] = CallerLeg(name, self._wire, self._forget)
                self._spawn(leg.answer(message.payload.decode(errors="replace")))
            elif name in self._legs:
                self._pass_on(self._legs[name], message)
        # A copy: each leg that closes leaves the table.
        closing = [leg.close("the server is gone") for leg in list(self._legs.values())]
        await asyncio.gather(*closing, *self._tasks, return_exceptions=True)

    def _pass_on(self, leg: CallerLeg, message: Message) -> None:
        if message.kind == "close":
            self._spawn(leg.close("hung up"))
        else:
            leg.obey(message)

    def _forget(self, name: str) -> None:
        self._legs.pop(name, None)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _serve(wire: Wire) -> None:
    await MediaWorker(wire).serve()


if __name__ == "__main__":
    patches.install()
    run(_serve)
