"""The caller's agreement to what must not happen without it.

A tool with `confirm`, or one for whose call a plugin wants it, is not run at its first function call: that
one is answered with "ask the caller". It runs when it is called again with the same arguments and the caller
has had a turn in between, or has agreed by a button; within a time limit, and once. Nothing here trusts the
model's word that the caller said yes: it can only call again, and only after somebody else has spoken.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

TIME_LIMIT = 120.0
"""Seconds for which a question stands."""

MOST_QUESTIONS = 32


@dataclass(slots=True)
class Question:
    """`turn` is the number of turns the caller had had when it was asked."""

    call_id: str
    title: str
    subject: str
    turn: int
    asked_at: float
    agreed: bool = False


class Consents:
    """What the caller was asked and has not answered yet."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}

    def __bool__(self) -> bool:
        """Whether any question stands."""
        return bool(self._questions)

    def may_run(self, subject: str, turn: int) -> Question | None:
        """The question that this function call answers with yes, which is thereby used up; None if the
        caller must be asked (first)."""
        question = self._by_subject(subject)
        if question is None or not (question.agreed or turn > question.turn):
            return None
        return self._questions.pop(question.call_id)

    def ask(self, question: Question) -> bool:
        """A question stands. False if it did already: it stands as it first was, under its first name."""
        if self._by_subject(question.subject) is not None:
            return False
        self._questions[question.call_id] = question
        return True

    def crowded_out(self) -> list[Question]:
        """Take back the oldest questions where there are too many."""
        oldest = list(self._questions)[: max(len(self._questions) - MOST_QUESTIONS, 0)]
        return [self._questions.pop(call_id) for call_id in oldest]

    def agree(self, call_id: str) -> Question | None:
        """The caller pressed yes; None if there is no such question any more."""
        question = self._questions.get(call_id)
        if question is not None:
            question.agreed = True
        return question

    def refuse(self, call_id: str) -> Question | None:
        """The caller pressed no."""
        return self._questions.pop(call_id, None)

    def expire(self, now: float) -> list[Question]:
        """Take back the questions that have stood for too long."""
        late = [each for each in self._questions.values() if each.asked_at + TIME_LIMIT <= now]
        for question in late:
            del self._questions[question.call_id]
        return late

    @property
    def deadline(self) -> float | None:
        return min((each.asked_at + TIME_LIMIT for each in self._questions.values()), default=None)

    def _by_subject(self, subject: str) -> Question | None:
        return next((each for each in self._questions.values() if each.subject == subject), None)


def subject(name: str, arguments: str) -> str:
    """What would be done, so written that the same is the same whatever the order of the arguments."""
    try:
        return f"{name} {json.dumps(json.loads(arguments or '{}'), sort_keys=True)}"
    except ValueError:
        return f"{name} {arguments}"


def ask_the_caller(title: str, arguments: str, question: str = "") -> str:
    """What the model is told instead of a result. `question` is what to ask, where somebody has a wording."""
    ask = f"Tell the caller what {title} will do with {arguments or '{}'}, and ask for a yes."
    if question:
        ask = f"Ask the caller: {question}"
    again = f"When the caller has said yes, call {title} again with the same arguments."
    return f"The caller must agree first. {ask} {again}"
