"""What running tools want to know of the caller: one question at a time, each with a bound.

A question is put to the caller by the agent, and answered by a function call of the model or by a button. As
with a confirmation, the model's word alone is no answer: the caller must have had a turn since it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jackfield.calls import Inquiry, ReplyKind

ANSWER = "answer_question"
DECLINE = "decline_question"
"""The model's tools while a question is asked, by their names on the wire."""

MOST_STANDING = 8
"""Of one session; a tool that asks more is told that nobody can be asked."""


class Standing(Enum):
    """Where an inquiry stands."""

    WAITING = "waiting"  # behind another one
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


NEXT: dict[Standing, frozenset[Standing]] = {
    Standing.WAITING: frozenset({Standing.ASKED, Standing.WITHDRAWN}),
    Standing.ASKED: frozenset({Standing.ACCEPTED, Standing.DECLINED, Standing.EXPIRED, Standing.WITHDRAWN}),
    Standing.ACCEPTED: frozenset(),
    Standing.DECLINED: frozenset(),
    Standing.EXPIRED: frozenset(),
    Standing.WITHDRAWN: frozenset(),
}
"""Which standing may follow which."""

REPLY = {
    Standing.ACCEPTED: ReplyKind.ACCEPTED,
    Standing.DECLINED: ReplyKind.DECLINED,
    Standing.EXPIRED: ReplyKind.DECLINED,
    Standing.WITHDRAWN: ReplyKind.CANCELLED,
}
"""What the tool is told when an inquiry is over."""


@dataclass(slots=True)
class PutQuestion:
    """An inquiry of the function call `call_id`; `title` is the tool's name for people. `turn` is the number
    of turns that the caller had had when it was asked, `until` when it expires."""

    id: str
    call_id: str
    title: str
    inquiry: Inquiry
    patience: float
    standing: Standing = Standing.WAITING
    turn: int = 0
    until: float = 0.0

    def become(self, standing: Standing) -> bool:
        """False where the table knows no such step."""
        if standing not in NEXT[self.standing]:
            return False
        self.standing = standing
        return True


class Inquiries:
    """Those that are not over, in the order in which they came."""

    def __init__(self) -> None:
        self._standing: dict[str, PutQuestion] = {}

    def __bool__(self) -> bool:
        return bool(self._standing)

    @property
    def current(self) -> PutQuestion | None:
        """The one that the caller is asked now."""
        first = next(iter(self._standing.values()), None)
        return first if first is not None and first.standing is Standing.ASKED else None

    def add(self, question: PutQuestion) -> bool:
        """It stands from now on. False if there are too many."""
        if len(self._standing) >= MOST_STANDING:
            return False
        self._standing[question.id] = question
        return True

    def find(self, question_id: str) -> PutQuestion | None:
        return self._standing.get(question_id)

    def of(self, call_id: str) -> list[PutQuestion]:
        """Those of one function call."""
        return [each for each in self._standing.values() if each.call_id == call_id]

    def next_to_ask(self, turn: int, now: float) -> PutQuestion | None:
        """The first one, if it is not being asked yet; from now on it is."""
        first = next(iter(self._standing.values()), None)
        if first is None or not first.become(Standing.ASKED):
            return None
        first.turn, first.until = turn, now + first.patience
        return first

    def close(self, question: PutQuestion, standing: Standing) -> bool:
        """It is over, in this way. False where that cannot be."""
        if not question.become(standing):
            return False
        del self._standing[question.id]
        return True

    @property
    def deadline(self) -> float | None:
        """When the one that is being asked expires."""
        return self.current.until if self.current else None


def instruction(question: PutQuestion) -> str:
    """What the model is told."""
    inquiry = question.inquiry
    asks = f"{question.title} cannot go on before the caller has answered this: {inquiry.message.strip()}"
    if inquiry.url:
        return (
            f"{asks} It is about a page in the web, {inquiry.url}; the caller sees a link to it. Ask them "
            f"whether they agree to open it. If they do, call {ANSWER}; if they do not, call {DECLINE}."
        )
    return (
        f"{asks} Ask the caller just that, in one short sentence. When they have answered, call {ANSWER} "
        f"with what they said; if they do not want to answer, call {DECLINE}. Never answer in their place."
    )
