"""All that one decision rests on, and the step from what is asked for to what is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jackfield_local.minds import talk
from jackfield_local.minds.consent import Consents
from jackfield_local.minds.dialogue import Dialogue
from jackfield_local.minds.match import Fit, Matcher
from jackfield_local.minds.plan import Request, plan
from jackfield_local.speech import Call, Thought

Reply = tuple[list[str], list[Call]]
"""Sentences to say, and function calls."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One response's thought, and what is understood of it."""

    thought: Thought
    dialogue: Dialogue
    consents: Consents
    matcher: Matcher
    today: date

    def requests(self, text: str) -> list[Request]:
        """What these words of the caller's ask for."""
        if not self.matcher.offers:
            return []
        return plan(talk.without_lead(text), self.matcher, self.dialogue.calls, self.today)

    def fits(self, text: str) -> list[Fit]:
        """The tools for these words."""
        return [request.fit for request in self.requests(text) if request.fit is not None]


def act(fits: Sequence[Fit]) -> Reply:
    """Call what can be called; ask for the first thing that is missing for the first that cannot."""
    questions, calls = [], []
    for fit in fits:
        if fit.missing:
            questions.append(question(fit))
        else:
            calls.append(Call(fit.offer.name, fit.arguments))
    return questions[:1], calls


def question(fit: Fit) -> str:
    """What to ask the caller for, to complete a request."""
    parameter = next(each for each in fit.offer.required if each.name in fit.missing)
    return talk.question(fit.offer, parameter)
