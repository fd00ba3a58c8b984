"""All sessions of a server: opened, found by their call id, hung up."""

from __future__ import annotations

import asyncio
import logging
import time

from jackfield import MediaError
from jackfield_local.engine.ids import new_id
from jackfield_local.engine.session import DEFAULT_SECONDS, Session
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.faculty import Faculties
from jackfield_local.faults.fault import Door
from jackfield_local.faults.wire import Wire
from jackfield_local.line import Line, Lines, LinesFull
from jackfield_local.live import LiveSession
from jackfield_local.minds.script import ScriptMind
from jackfield_local.phones import Phones
from jackfield_local.refusals import bad_body, overloaded, unknown_call
from jackfield_local.scripts import Scripts
from jackfield_local.speech_threads import SpeechThreads

log = logging.getLogger(__name__)

MOST_SESSIONS = 64
CLOSE_SECONDS = 5.0
ANSWER_SECONDS = 15.0

# With `webrtcfilter=on` the data channel carries these alone (facts: realtime protocol 1.4).
FILTERED = frozenset(
    {
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "output_audio_buffer.started",
        "output_audio_buffer.stopped",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.added",
        "conversation.item.created",
        "response.output_text.delta",
        "response.output_text.done",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
    }
)


class DataChannel:
    """The client at the other end of a line: its data channel."""

    def __init__(self, line: Line, filtered: bool) -> None:
        self._line = line
        self._filtered = filtered

    def send(self, kind: str, text: str) -> None:
        if not self._filtered or kind in FILTERED:
            self._line.send(text)

    def cut(self, code: int) -> None:
        """This is no WebSocket."""

    def close(self, code: int, reason: str) -> None:
        """The line closes with the session."""


class Switchboard:
    """`session_seconds` is how long a session may last."""

    def __init__(
        self, faculties: Faculties, lines: Lines, *, session_seconds: float = DEFAULT_SECONDS
    ) -> None:
        self._faculties = faculties
        mind = faculties.mind
        self.scripts = Scripts(mind.faults if isinstance(mind, ScriptMind) else ())
        self.phones = Phones()
        self._threads = SpeechThreads(faculties)
        self._lines = lines
        self._session_seconds = session_seconds
        self._calls: dict[str, LiveSession] = {}
        self._running: dict[asyncio.Task[None], LiveSession] = {}

    def open(self, settings: SessionSettings) -> LiveSession:
        """A session whose sound travels in events. Raises `Refusal`."""
        self._require_room()
        self.scripts.admit(Door.SESSION, settings.model)
        return self._run(settings, None)

    async def call(self, offer: str, settings: SessionSettings, *, filtered: bool) -> tuple[str, str]:
        """A session for a WebRTC offer: its call id and the SDP answer. Raises `Refusal`."""
        self._require_room()
        self.scripts.admit(Door.CALL, settings.model)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                line = await self._lines.answer(offer)
        except MediaError as error:
            raise bad_body(str(error), "sdp") from None
        except (LinesFull, TimeoutError):
            raise overloaded("No line is free; try again when a call has ended.") from None
        call_id = new_id("rtc")
        live = self._run(settings, line, call_id)
        live.join(DataChannel(line, filtered or live.wire.filters_channel))
        log.info("call %s is session %s", call_id, live.session.id)
        return call_id, line.sdp

    def accept(self, call_id: str, settings: SessionSettings) -> None:
        """A session for a phone that rings. Raises `Refusal`."""
        self._require_room()
        live = self._run(settings, self.phones.accept(call_id), call_id)
        log.info("phone call %s is session %s", call_id, live.session.id)

    def refer(self, call_id: str, target: str) -> None:
        """A phone call goes on elsewhere, and its session ends. Raises `Refusal`."""
        live = self.find(call_id)
        self.phones.refer(call_id, target)
        live.end(reason="referred")

    def find(self, call_id: str) -> LiveSession:
        """Raises `Refusal` (404) for a call that is not, or no longer, there."""
        live = self._calls.get(call_id)
        if live is None or live.over:
            raise unknown_call()
        return live

    def sideband(self, call_id: str) -> LiveSession:
        """As `find`, for a WebSocket beside the call."""
        live = self.find(call_id)
        self.scripts.admit(Door.SIDEBAND, live.session.settings.model)
        return live

    def hang_up(self, call_id: str) -> None:
        """Raises `Refusal` (404)."""
        self.find(call_id).end(reason="hung up")

    async def empty(self) -> None:
        """Wait until every session that is there now has ended."""
        if self._running:
            await asyncio.wait(self._running)

    async def hang_up_all(self) -> None:
        """End all sessions. Bounded."""
        running = dict(self._running)
        for live in running.values():
            live.end(1001, "server shutdown")
        if running:
            await asyncio.wait(running, timeout=CLOSE_SECONDS)
        for task in running:
            task.cancel()

    async def aclose(self) -> None:
        """End all sessions, then the lines, then what hears and thinks."""
        await self.hang_up_all()
        await self._lines.aclose()
        self._threads.close()
        await self._faculties.aclose()

    def _require_room(self) -> None:
        if len(self._running) >= MOST_SESSIONS:
            raise overloaded(f"The server already has {MOST_SESSIONS} sessions.")

    def _run(self, settings: SessionSettings, line: Line | None, call_id: str | None = None) -> LiveSession:
        wire = Wire(self.scripts.faults(settings.model))
        session = Session(
            settings.copy(),
            self._faculties.new_activity(),
            plays=line is not None,
            now=asyncio.get_running_loop().time(),
            wall=time.time(),
            seconds=min(self._session_seconds, wire.lasts),
        )
        mind = self.scripts.mind(settings.model) or self._faculties.mind
        live = LiveSession(session, mind, self._threads, line, wire)
        if call_id is not None:
            self._calls[call_id] = live
        task = asyncio.create_task(live.run())
        self._running[task] = live
        task.add_done_callback(lambda ended: self._ended(ended, call_id))
        return live

    def _ended(self, task: asyncio.Task[None], call_id: str | None) -> None:
        self._running.pop(task, None)
        self._calls.pop(call_id or "", None)
        self.phones.ended(call_id or "")
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a session did not end in good order", exc_info=error)
