"""The process of the headless peer: `python -m jackfield.media.caller`. Started by `headless`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from jackfield.errors import MediaError
from jackfield.media import patches
from jackfield.media.handset import Handset
from jackfield.media.mouth import Mouth
from jackfield.media.playout import Finished, Playout, PlayoutEvent
from jackfield.media.process import run
from jackfield.media.report import Measurement, to_json
from jackfield.media.rtc import ChannelOpen, Connected, Lost, Peer, PeerEvent, Sound, Text
from jackfield.media.sound import RATE, SpeechStarted, speech_end
from jackfield.media.wav import write_wav
from jackfield.processes.wire import Message, Wire

# Half an hour: what was heard is kept for `finish`.
MOST_RECORDED = 1800 * RATE * 2
MOST_LATE = RATE * 2 // 5
# The part of a question after its last voiced sample: the silence that a recording ends with.
_REST = ":rest"
_LIVE = ":microphone"
SWITCHED = "switched to another line"


def _unnoticed(event: PeerEvent) -> None:
    """For a line that nobody wants any more."""


class NextLine:
    """A line beside the one that is used: it sends silence, and what comes is not listened to."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self.happened: Callable[[PeerEvent], None] = self._wait
        self.left: Callable[[PlayoutEvent], None] = lambda event: None
        self.mouth = Mouth(Playout(), lambda event: self.left(event))
        self.peer = Peer(self.mouth, lambda event: self.happened(event), calling=True)
        self._tell = tell

    def _wait(self, event: PeerEvent) -> None:
        if isinstance(event, Connected):
            self._tell("renewed", time.monotonic())
        elif isinstance(event, Lost):
            self._tell("unrenewed", time.monotonic(), reason=event.reason)


class Caller:
    """One call, made on behalf of the parent."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._playout = Playout()
        self._measurement = Measurement()
        self._recorded = bytearray()
        self._questions: dict[str, bytearray] = {}
        self._handset: Handset | None = None
        self._mouth = Mouth(self._playout, self._left)
        self._peer = Peer(self._mouth, self._happened, calling=True)
        self._next: NextLine | None = None

    async def serve(self) -> None:
        """Do what the parent asks until it is gone."""
        while (message := await self._wire.receive()) is not None:
            try:
                result = await self._obey(message)
            except MediaError as error:
                if "id" not in message.fields:
                    # Nobody waits for an answer to this: the end of the call tells it.
                    await self._end(str(error))
                self._wire.send("failed", to=message.fields.get("id"), why=str(error))
            else:
                self._wire.send("done", to=message.fields.get("id"), result=result)
        await self._end("the parent is gone")

    async def _obey(self, message: Message) -> object:
        match message.kind:
            case "offer":
                return await self._peer.offer(message.text("label"))
            case "accept":
                await (self._next.peer if self._next else self._peer).accept(message.text("sdp"))
            case "renew":
                return await self._renew(message.text("label"))
            case "switch":
                await self._switch()
            case "play":
                self._collect(message)
            case "send":
                self._peer.send(message.payload.decode())
            case "hush":
                self._playout.flush()
            case "microphone":
                self._handset = self._handset or Handset(self._speak)
            case "finish":
                return await self._finish(message)
        return None

    async def _renew(self, label: str) -> str:
        """A second line, silent both ways until it is switched to."""
        if self._next is not None:
            self._next.happened = _unnoticed
            await self._next.peer.close("another line is made instead")
        self._next = NextLine(self._tell)
        return await self._next.peer.offer(label)

    async def _switch(self) -> None:
        """The second line is the one from now on."""
        if self._next is None:
            raise MediaError("There is no second line to switch to.")
        following, old, self._next = self._next, self._peer, None
        self._mouth.playout, following.mouth.playout = following.mouth.playout, self._playout
        self._mouth, self._peer = following.mouth, following.peer
        following.happened = self._happened
        following.left = self._left
        await old.close(SWITCHED)

    def _collect(self, message: Message) -> None:
        """A question comes in pieces; it is said when it is complete, so that its end is known."""
        name = message.text("name")
        self._questions.setdefault(name, bytearray()).extend(message.payload)
        if not message.number("last"):
            return
        pcm = bytes(self._questions.pop(name))
        end = speech_end(pcm)
        self._measurement.asked(name)
        for item, part in ((name, pcm[:end]), (name + _REST, pcm[end:])):
            if not self._playout.play(item, part):
                raise MediaError("More than ten minutes of sound wait to be played; play less at a time.")
            for event in self._playout.finish(item):
                self._left(event)

    def _speak(self, pcm: bytes) -> None:
        # A microphone whose clock is fast must not make the call late.
        if self._playout.queued < MOST_LATE:
            self._playout.play(_LIVE, pcm)

    def _left(self, event: PlayoutEvent) -> None:
        if isinstance(event, Finished) and not event.item_id.endswith(_REST) and not event.cut:
            now = time.monotonic()
            self._measurement.said(event.item_id, now)
            self._tell("said", now, name=event.item_id)

    def _happened(self, event: PeerEvent) -> None:
        now = time.monotonic()
        match event:
            case Connected():
                self._measurement.connected(now)
                self._tell("connected", now)
            case ChannelOpen():
                self._tell("channel", now)
            case Text(text):
                self._wire.send("event", text.encode(), event="text", at=self._measurement.since(now))
            case Sound(pcm, real):
                self._heard(pcm, now, real=real)
            case Lost(reason) if reason != SWITCHED:
                self._tell("lost", now, reason=reason)

    def _heard(self, pcm: bytes, now: float, *, real: bool) -> None:
        if len(self._recorded) < MOST_RECORDED:
            self._recorded += pcm
        if self._handset is not None:
            self._handset.say(pcm)
        edge = self._measurement.heard(pcm, now, real=real)
        if edge is not None:
            self._tell("started" if isinstance(edge, SpeechStarted) else "ended", edge.at)

    def _tell(self, event: str, moment: float, **fields: object) -> None:
        self._wire.send("event", b"", event=event, at=self._measurement.since(moment), **fields)

    async def _finish(self, message: Message) -> object:
        report = to_json(self._measurement.report(time.monotonic()))
        await self._end("hung up")
        if path := message.text("path"):
            write_wav(Path(path), bytes(self._recorded))
        return report

    async def _end(self, reason: str) -> None:
        if self._handset is not None:
            self._handset.close()
            self._handset = None
        if self._next is not None:
            await self._next.peer.close(reason)
        await self._peer.close(reason)
        self._tell("closed", time.monotonic(), reason=reason)


async def _serve(wire: Wire) -> None:
    await Caller(wire).serve()


if __name__ == "__main__":
    patches.install()
    run(_serve)
