"""What a call was like, measured at the caller's own ears. Pure: every moment comes in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from jackfield.media.sound import FRAME_BYTES, FRAME_SECONDS, Listener, SpeechEnded, SpeechStarted

# One figure per second of a call, for half a day.
MOST_SECONDS = 43_200
MOST_QUESTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that was said to the agent, and how it answered.

    `ended_ms`: when the last voiced sample of it left, in ms after `Connected`; None if it was not said
    to its end. `latency_ms`: from then to the first voiced sound heard. `reply_ms`: from that sound to
    the last one before the next question. Both None where nothing was heard.
    """

    name: str
    ended_ms: int | None
    latency_ms: int | None
    reply_ms: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole call. `longest_gap_ms` is the longest time between two frames that arrived, and
    `gaps_ms` the longest one that ended in each second after `Connected` (0 where none arrived)."""

    frames: int
    seconds: float
    longest_gap_ms: int
    gaps_ms: tuple[int, ...]
    questions: tuple[Question, ...]


@dataclass(slots=True)
class _Asked:
    name: str
    ended: float | None = None
    first_sound: float | None = None
    last_sound: float | None = None


@dataclass(slots=True)
class Measurement:
    """Collects what `Report` tells. All moments are seconds of one clock that never goes back."""

    _began: float | None = None
    _last_frame: float | None = None
    _frames: int = 0
    _gaps: list[float] = field(default_factory=list)
    _asked: list[_Asked] = field(default_factory=list)
    _listener: Listener = field(default_factory=Listener)

    def connected(self, now: float) -> None:
        self._began = now

    def since(self, moment: float) -> int:
        """A moment as ms after `Connected`."""
        return round((moment - (moment if self._began is None else self._began)) * 1000)

    def asked(self, name: str) -> None:
        """A question was queued."""
        if len(self._asked) < MOST_QUESTIONS:
            self._asked.append(_Asked(name))

    def said(self, name: str, now: float) -> None:
        """The last voiced sample of the question left."""
        for asked in self._asked:
            if asked.name == name:
                asked.ended = now

    def heard(self, pcm: bytes, now: float, *, real: bool) -> SpeechStarted | SpeechEnded | None:
        """Sound arrived, or (not `real`) silence stands for sound that did not."""
        if real:
            self._frame(now)
        edge = self._listener.hear(pcm[-FRAME_BYTES:], now)
        answered = next((asked for asked in reversed(self._asked) if asked.ended is not None), None)
        if answered is not None:
            if isinstance(edge, SpeechStarted) and answered.first_sound is None:
                answered.first_sound = now
            if answered.first_sound is not None and self._listener.last == now:
                answered.last_sound = now
        return edge

    def _frame(self, now: float) -> None:
        self._frames += 1
        gap, self._last_frame = now - (now if self._last_frame is None else self._last_frame), now
        second = max(0, self.since(now) // 1000)
        if second < MOST_SECONDS:
            self._gaps += [0.0] * (second + 1 - len(self._gaps))
            self._gaps[second] = max(self._gaps[second], gap)

    def report(self, now: float) -> Report:
        return Report(
            frames=self._frames,
            seconds=self.since(now) / 1000,
            longest_gap_ms=round(max(self._gaps, default=0.0) * 1000),
            gaps_ms=tuple(round(gap * 1000) for gap in self._gaps),
            questions=tuple(map(self._question, self._asked)),
        )

    def _question(self, asked: _Asked) -> Question:
        latency = reply = None
        if asked.ended is not None and asked.first_sound is not None:
            latency = round((asked.first_sound - asked.ended) * 1000)
            reply = round(
                ((asked.last_sound or asked.first_sound) + FRAME_SECONDS - asked.first_sound) * 1000
            )
        ended = None if asked.ended is None else self.since(asked.ended)
        return Question(asked.name, ended, latency, reply)


def to_json(report: Report) -> dict[str, object]:
    """The report as plain values."""
    return asdict(report)
