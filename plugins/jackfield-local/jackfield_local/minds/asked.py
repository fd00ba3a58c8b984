"""Questions the agent asked the caller, found again in the conversation.

The mind remembers nothing; but every parameter of a tool has a question of its own (`talk.question`), so
what was asked, and for which request, can be read back from the sentences said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from jackfield_local.minds import talk
from jackfield_local.minds.dialogue import Dialogue
from jackfield_local.minds.match import FITS, Fit, Matcher
from jackfield_local.minds.offers import Offer, Parameter
from jackfield_local.minds.plan import plan
from jackfield_local.minds.slots import Clause, answer

_MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """The agent asked for `parameter` to complete `fit`."""

    fit: Fit
    parameter: Parameter

    @property
    def question(self) -> str:
        return talk.question(self.fit.offer, self.parameter)


def asked_for(dialogue: Dialogue, matcher: Matcher, today: date) -> Asked | None:
    """What the caller's fresh words are expected to answer; None where no question is open."""
    return _replayed(dialogue.said, dialogue, 0, matcher, today)


def _replayed(
    said: Sequence[str], dialogue: Dialogue, back: int, matcher: Matcher, today: date
) -> Asked | None:
    """The question at the end of `said`, for the request made `back` utterances ago or before that."""
    candidates = list(_questions(said, matcher.offers))
    if not candidates or back >= min(len(dialogue.before), _MOST_ROUNDS):
        return None
    utterance, said_before = dialogue.before[back]
    earlier = _replayed(said_before, dialogue, back + 1, matcher, today)
    if earlier is not None:
        fit = completed(earlier, utterance, matcher, today) or earlier.fit
        fits = [fit]
    else:
        requests = plan(talk.without_lead(utterance), matcher, dialogue.calls, today)
        fits = [request.fit for request in requests if request.fit is not None]
    for fit in fits:
        for offer, parameter in candidates:
            if fit.offer == offer and parameter.name in fit.missing:
                return Asked(fit, parameter)
    return None


def _questions(said: Sequence[str], offers: Sequence[Offer]) -> list[tuple[Offer, Parameter]]:
    return [
        (offer, parameter)
        for offer in offers
        for parameter in offer.required
        if any(talk.question(offer, parameter) in sentence for sentence in said)
    ]


def completed(asked: Asked, text: str, matcher: Matcher, today: date) -> Fit | None:
    """The request with this answer in it; None where the words are another request, or no answer."""
    value = answer(asked.fit.offer, asked.parameter, Clause(talk.without_lead(text), today))
    if value is None or _is_another(asked, text, matcher, today):
        return None
    return replace(asked.fit, arguments={**asked.fit.arguments, asked.parameter.name: value})


def _is_another(asked: Asked, text: str, matcher: Matcher, today: date) -> bool:
    fits = matcher.fits(Clause(text, today))
    best = fits[0]
    return best.offer != asked.fit.offer and best.score > FITS + 0.2 and not best.missing
