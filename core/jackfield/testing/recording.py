"""Recordings of sessions: everything that both sides said, with its time, as JSON Lines.

    {"at": 0.0, "opened": {…the session object…}, "agent": "receptionist", "format": 1, …}
    {"at": 0.012, "received": {…an event of the service…}}
    {"at": 0.013, "sent": {…an event of ours…}}
    {"at": 0.013, "noticed": {…a notice…}}

Sound is left out; its length is noted. `at` is seconds since the session was opened.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jackfield.calls import Json
from jackfield.errors import ConfigurationError
from jackfield.notices import Notice, SessionEnded
from jackfield.providers.base import Event, Provider, SessionObject
from jackfield.session import Fittings
from jackfield.testing.redaction import Redaction
from jackfield.testing.wiretap import Wiretap

log = logging.getLogger(__name__)

FORMAT = 1
LARGEST = 256 * 1024 * 1024
"""Bytes of one recording; what comes after that is not recorded."""

_SOUND = {"input_audio_buffer.append": "audio", "response.output_audio.delta": "delta"}

Write = Callable[[str], object]


class Recording:
    """An `Ear` that writes down what it hears, a line at a time. `about` is what the first line tells beside
    the session object; `now` is the session's clock."""

    def __init__(
        self, write: Write, redaction: Redaction, about: Mapping[str, Json], now: Callable[[], float]
    ) -> None:
        self._write = write
        self._redaction = redaction
        self._about = about
        self._now = now
        self._began = now()

    def opened(self, session: SessionObject) -> None:
        self._began = self._now()
        self._note("opened", dict(session), **self._about, format=FORMAT)

    def sent(self, event: Event) -> None:
        self._note("sent", dict(event))

    def received(self, raw: str) -> None:
        try:
            event = json.loads(raw)
        except ValueError:
            event = raw
        self._note("received", event)

    def noticed(self, notice: Notice) -> None:
        self._note("noticed", json.loads(json.dumps(notice.as_dict(), default=lambda kind: kind.value)))

    def closed(self) -> None:
        """The provider was told; notices still come."""

    def _note(self, what: str, value: Json, **more: Json) -> None:
        at = round(self._now() - self._began, 4)
        cleaned = self._redaction.clean({what: without_sound(value), **more})
        assert isinstance(cleaned, Mapping)
        self._write(json.dumps({"at": at, **cleaned}, ensure_ascii=False) + "\n")


def without_sound(event: Json) -> Json:
    if not isinstance(event, Mapping) or event.get("type") not in _SOUND:
        return event
    name = _SOUND[str(event["type"])]
    sound = str(event.get(name) or "")
    return {**event, name: "", "bytes": len(sound) * 3 // 4}


class Recorder:
    """Records every session of a runtime, each into a file of its own, `place` itself if that ends in .jsonl:
    `Runtime(config, recorder.fittings())`. Raises `ConfigurationError` for a place that takes no files.

    Writing goes to the files' buffers; nothing here waits for a disk but at the end of a session.
    """

    def __init__(self, place: Path, redaction: Redaction) -> None:
        self._place = place
        self._redaction = redaction
        self._files: dict[str, _File] = {}
        self._recordings: dict[str, Recording] = {}

    def fittings(self) -> Fittings:
        return Fittings(provider=self._tapped, told=self._told)

    def _tapped(self, provider: Provider, session_id: str, agent: str) -> Provider:
        path = self._place if self._place.suffix == ".jsonl" else self._place / f"{session_id}.jsonl"
        about: dict[str, Json] = {"agent": agent, "session_id": session_id, "provider": provider.kind}
        about["date"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._files[session_id] = file = _File(path)
        self._recordings[session_id] = recording = Recording(
            file.write, self._redaction, about, time.monotonic
        )
        return Wiretap(provider, recording, refused=partial(self._finish, session_id))

    def _told(self, notice: Notice, session_id: str) -> None:
        recording = self._recordings.get(session_id)
        if recording is None:
            return
        recording.noticed(notice)
        if isinstance(notice, SessionEnded):
            self._finish(session_id)

    def _finish(self, session_id: str) -> None:
        if session_id in self._recordings:
            del self._recordings[session_id]
            self._files.pop(session_id).close()


class _File:
    """Opened when there is something to write; full is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
            path.chmod(0o600)  # what callers say is nobody else's business
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be written ({error.strerror}); name another place to record to"
            ) from None

    def write(self, line: str) -> None:
        try:
            if self._file.tell() < LARGEST:
                self._file.write(line)
        except (OSError, ValueError) as error:
            log.warning("the recording %s is incomplete: %s", self._path, error)

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `kind` is opened, sent, received or noticed."""

    at: float
    kind: str
    value: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that was read."""

    agent: str
    session: SessionObject
    entries: tuple[Entry, ...]


def read_recording(path: Path) -> Recorded:
    """Raises `ConfigurationError`, with the line, for a file that is no recording."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    return recorded(lines, str(path))


def recorded(lines: Sequence[str], name: str) -> Recorded:
    """As `read_recording`, from lines; `name` is what errors call them."""
    wires = [_wire(line, f"{name}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    entries = tuple(
        Entry(float(str(wire["at"])), kind, value)
        for wire in wires
        for kind in ("opened", "sent", "received", "noticed")
        if isinstance(value := wire.get(kind), Mapping)
    )
    if not entries or entries[0].kind != "opened" or wires[0].get("format") != FORMAT:
        raise ConfigurationError(f"{name} is no recording of a session; make one with `--record`")
    return Recorded(str(wires[0].get("agent")), entries[0].value, entries[1:])


def _wire(line: str, place: str) -> Mapping[str, Json]:
    try:
        wire = json.loads(line)
        float(wire["at"])
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{place}: this is no line of a recording: {line[:60]}") from None
    assert isinstance(wire, dict)
    return wire
