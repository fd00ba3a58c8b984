"""The rim of one session: carries out what the engine decides, and tells it what came of it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Protocol

from jackfield_local.engine import effects as orders
from jackfield_local.engine.session import Session
from jackfield_local.engine.shapes import Event
from jackfield_local.faults.fault import Cut, Fail, Serve, Vanish
from jackfield_local.faults.wire import Wire
from jackfield_local.line import (
    AudioReceived,
    KeyPressed,
    Line,
    LineClosed,
    LineEvent,
    PlayFinished,
    PlayStarted,
    TextReceived,
)
from jackfield_local.responding import respond
from jackfield_local.speech import Mind
from jackfield_local.speech_threads import SpeechThreads

log = logging.getLogger(__name__)

NORMAL = 1000
INTERNAL_ERROR = 1011


class Client(Protocol):
    """One reader of a session's events. Its methods never wait."""

    def send(self, kind: str, text: str) -> None:
        """One event, encoded; `kind` is its type."""

    def cut(self, code: int) -> None:
        """Close this client's WebSocket, if it has one; the session goes on."""

    def close(self, code: int, reason: str) -> None:
        """The session is over."""


class LiveSession:
    """A session, its clients, its line if it has one, and its tasks. Everything happens on one loop."""

    def __init__(
        self,
        session: Session,
        mind: Mind,
        threads: SpeechThreads,
        line: Line | None = None,
        wire: Wire | None = None,
    ) -> None:
        self.session = session
        self.wire = wire or Wire()
        self._mind = mind
        self._threads = threads
        self._line = line
        self._clients: list[Client] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._thinking: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Until the session ends; then everything it had is closed."""
        if self._line is not None:
            self._start(self._follow(self._line))
        self._mind.prepare(self.session.settings.tools)
        self._act()
        try:
            await self._over
        finally:
            await self._close()

    async def _close(self) -> None:
        code, reason = self._over.result() if self._over.done() else (NORMAL, "server shutdown")
        if self._timer is not None:
            self._timer.cancel()
        for client in self._clients:
            client.close(code, reason)
        self._clients.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._line is not None:
            await self._line.close()

    @property
    def over(self) -> bool:
        return self._over.done()

    def end(self, code: int = NORMAL, reason: str = "") -> None:
        """Idempotent; the first reason counts."""
        if not self._over.done():
            self._over.set_result((code, reason))

    def join(self, client: Client) -> None:
        """From now on this client is told everything."""
        self._clients.append(client)
        for event in self.session.greeting():
            for deed in self.wire.through(orders.Emit(event)):
                if isinstance(deed, orders.Emit):
                    client.send(str(deed.event["type"]), _encoded(deed.event))

    def leave(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)

    # What comes in

    async def receive(self, text: str) -> None:
        """One message from a client. Long sound in it is heard a second at a time, others in between."""
        self._hear(text)
        self._act()
        while self.session.behind and not self.over:
            await asyncio.sleep(0)
            self.session.catch_up(self._now())
            self._act()

    def _hear(self, text: str) -> None:
        event = self.wire.read(text)
        if event is None:
            self.session.receive(text, self._now())
            return
        for deed in self.wire.heard(event):
            if isinstance(deed, Serve):
                self.session.receive(json.dumps(deed.event), self._now())
            elif isinstance(deed, orders.Effect):
                self._carry_out_all([deed])

    async def _follow(self, line: Line) -> None:
        async for event in line.events():
            self._on_line(event)
            self._act()
        self.end(NORMAL, "the line is closed")

    def _on_line(self, event: LineEvent) -> None:
        match event:
            case AudioReceived(pcm=pcm):
                self.session.hear(pcm, self._now())
            case TextReceived(text=text):
                self._hear(text)
            case PlayStarted(item_id=item_id):
                self.session.play_started(item_id)
            case PlayFinished(item_id=item_id, played_ms=played_ms, cut=cut):
                self.session.play_finished(item_id, played_ms, cut, self._now())
            case KeyPressed(key=key):
                self.session.pressed(key, time.time())
            case LineClosed(reason=reason):
                self.end(NORMAL, reason)

    def said(self, response_id: str, text: str) -> None:
        self.session.said(response_id, text, self._now())
        self._act()

    def sounded(self, response_id: str, pcm: bytes) -> None:
        self.session.sounded(response_id, pcm, self._now())
        self._act()

    def called(self, response_id: str, name: str, arguments: Mapping[str, object]) -> None:
        self.session.called(response_id, name, arguments, self._now())
        self._act()

    def thought(self, response_id: str) -> None:
        self.session.thought(response_id, self._now())
        self._act()

    def failed(self, response_id: str, code: str, message: str) -> None:
        self.session.failed(response_id, code, message, self._now())
        self._act()

    async def _recognise(self, order: orders.Recognise) -> None:
        heard = None
        try:
            heard = await self._threads.recognise(order.pcm, order.words)
        except Exception:
            log.exception("session %s: the ears failed", self.session.id)
        self.session.heard(order.ticket, heard, self._now())
        self._act()

    # What goes out

    def _act(self) -> None:
        """Carry out what the engine wants, and wake it when it asks to be woken."""
        while effects := self.session.effects():
            self._carry_out_all(effects)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        deadline = min(self.session.deadline, self.wire.deadline)
        if not self.over and deadline != float("inf"):
            self._timer = asyncio.get_running_loop().call_at(deadline, self._tick)

    def _carry_out_all(self, effects: Sequence[orders.Effect]) -> None:
        for deed in self.wire.told(effects, self._now()):
            match deed:
                case Fail(response_id, code, message):
                    self.session.failed(response_id, code, message, self._now())
                case Cut(code):
                    for client in self._clients:
                        client.cut(code)
                case Vanish() if self._line is not None:
                    self._line.vanish()
                case _ if isinstance(deed, orders.Effect):
                    self._carry_out(deed)

    def _tick(self) -> None:
        for effect in self.wire.due(self._now()):
            self._carry_out(effect)
        self.session.tick(self._now())
        self._act()

    def _carry_out(self, effect: orders.Effect) -> None:
        match effect:
            case orders.Emit(event=event):
                text = _encoded(event)
                for client in list(self._clients):
                    client.send(str(event["type"]), text)
                if event["type"] == "session.updated":
                    self._mind.prepare(self.session.settings.tools)
            case orders.Think(response_id=response_id):
                task = self._start(respond(effect, self._mind, self._threads, self))
                self._thinking[response_id] = task
                task.add_done_callback(lambda _: self._forget(response_id))
            case orders.StopThinking(response_id=response_id):
                if stopped := self._thinking.pop(response_id, None):
                    stopped.cancel()
            case orders.Recognise():
                self._start(self._recognise(effect))
            case orders.Close(code=code, reason=reason):
                self.end(code, reason)
            case _:
                self._play(effect)

    def _forget(self, response_id: str) -> None:
        self._thinking.pop(response_id, None)

    def _play(self, effect: orders.Effect) -> None:
        if self._line is None:
            return
        match effect:
            case orders.Play(item_id=item_id, pcm=pcm):
                self._line.play(item_id, pcm)
            case orders.FinishPlay(item_id=item_id):
                self._line.finish(item_id)
            case orders.Flush():
                self._line.flush()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("session %s broke", self.session.id, exc_info=error)
            self.end(INTERNAL_ERROR, "server error")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _encoded(event: Event) -> str:
    return json.dumps(event, ensure_ascii=False)
