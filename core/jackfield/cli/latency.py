"""Where the time goes between the caller's last word and the agent's first. Pure: notices in, parts out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jackfield.notices import (
    AgentStartedSpeaking,
    CallerStoppedSpeaking,
    CallFinished,
    CallReceived,
    Notice,
    ResponseFinished,
)

METADATA = {
    "end of turn": "jackfield_end_of_turn_ms",
    "recognition": "jackfield_recognition_ms",
    "mind": "jackfield_mind_ms",
    "synthesis": "jackfield_synthesis_ms",
}
"""The parts that only the service can know; the embedded one tells them in a response's metadata."""


@dataclass(slots=True)
class Turn:
    """One answer: `parts` in milliseconds, by name, in the order in which they happen."""

    stopped_at: float
    started_at: float | None = None
    parts: dict[str, float] = field(default_factory=dict)
    tools_from: float | None = None
    tools_until: float | None = None

    @property
    def seconds(self) -> float | None:
        """From when the service took the turn as ended to the first sound it sent."""
        return None if self.started_at is None else self.started_at - self.stopped_at


def turns(notices: Iterable[Notice]) -> list[Turn]:
    """The turns of a session that were answered aloud, with what is known of their parts."""
    found: list[Turn] = []
    speaking: dict[str, Turn] = {}
    turn: Turn | None = None
    for notice in notices:
        if isinstance(notice, CallerStoppedSpeaking):
            turn = Turn(notice.at)
            found.append(turn)
        elif turn is not None:
            _take_in(turn, notice, speaking)
    return [turn for turn in found if turn.started_at is not None]


def _take_in(turn: Turn, notice: Notice, speaking: dict[str, Turn]) -> None:
    match notice:
        case AgentStartedSpeaking(response_id=response_id):
            if turn.started_at is None:
                turn.started_at = notice.at
                speaking[response_id] = turn
        case CallReceived() if turn.started_at is None:
            turn.tools_from = notice.at if turn.tools_from is None else turn.tools_from
        case CallFinished() if turn.started_at is None:
            turn.tools_until = notice.at
        case ResponseFinished(response_id=response_id, metadata=metadata):
            # A response that finished before the first sound, or that made it, is part of the wait.
            owner = speaking.get(response_id, turn if turn.started_at is None else None)
            if owner is not None:
                _add(owner, metadata)


def _add(turn: Turn, metadata: dict[str, str]) -> None:
    for name, key in METADATA.items():
        try:
            turn.parts[name] = turn.parts.get(name, 0.0) + float(metadata[key])
        except (KeyError, ValueError):
            continue
    if turn.tools_from is not None and turn.tools_until is not None:
        turn.parts["tools"] = (turn.tools_until - turn.tools_from) * 1000
