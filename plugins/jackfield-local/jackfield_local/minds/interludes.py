"""Words of the caller's that are about what the agent does, not about the caller's own matters: a yes or a
no to what needs one, and work that is asked after or called off."""

from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.minds import consent, talk, work
from jackfield_local.minds.answers import joined
from jackfield_local.minds.consent import Answer
from jackfield_local.minds.dialogue import Requested
from jackfield_local.minds.offers import RUNNING_WORK
from jackfield_local.minds.situation import Reply, Situation, act
from jackfield_local.speech import Call


def to_proposal(situation: Situation, text: str) -> Reply | None:
    """The caller was asked whether something may be done; None where the words are to be answered as any."""
    answer, rest = consent.answer(text)
    wanted = [question.call for question in situation.consents.asked]
    if not wanted:
        heard_already = situation.consents.granted and answer is Answer.YES and not rest
        return ([], []) if heard_already else None
    if answer is Answer.BOTH:
        return [_asked_again(situation)], []
    if answer is Answer.NEITHER:
        return _to_neither(situation, text, wanted)
    said, calls = act(situation.fits(rest)) if rest else ([], [])
    if answer is Answer.NO:
        return [consent.ALL_RIGHT, *said], _without(calls, wanted)
    others = {call.name for call in _without(calls, wanted)}
    return said, [*(call for call in wanted if call.name not in others), *calls]


def _to_neither(situation: Situation, text: str, wanted: Sequence[Call]) -> Reply | None:
    if talk.small_talk(text, situation.matcher.offers, "", "") is not None:
        return None
    fits = situation.fits(text)
    said, calls = act(fits)
    left = _without(calls, wanted) if consent.doubts(text) else calls
    if fits and len(left) == len(calls):
        return None
    if left or said:
        return said, left
    return [_asked_again(situation)], []


def _asked_again(situation: Situation) -> str:
    return f"Sorry, I didn't catch that. {joined([each.text for each in situation.consents.asked])}"


def _without(calls: Sequence[Call], unwanted: Sequence[Call]) -> list[Call]:
    subjects = {consent.subject(call) for call in unwanted}
    return [call for call in calls if consent.subject(call) not in subjects]


def about_work(situation: Situation, text: str) -> Reply | None:
    """The caller asks what is being worked on, or calls it off; None where the words are about neither."""
    pending, matcher = situation.dialogue.pending, situation.matcher
    words = talk.without_lead(text)
    if work.asks_what_runs(words):
        return _what_runs(situation)
    if (drop := work.dropped(words, pending, matcher)) is None:
        return None
    said, calls = work.cancelled(drop.work, matcher)
    more, further = act(situation.fits(drop.rest)) if drop.rest else ([], [])
    return [*said, *more], [*calls, *further]


def _what_runs(situation: Situation) -> Reply:
    if situation.matcher.offer(RUNNING_WORK) is not None:
        return [], [Call(RUNNING_WORK, {})]
    return [still_waiting(situation, situation.dialogue.pending) or work.NOTHING], []


def still_waiting(situation: Situation, calls: Sequence[Requested]) -> str:
    """That these function calls have not come back yet; "" for none."""
    return joined(
        [
            talk.still_waiting(situation.matcher.offer(call.name), call.arguments.values())
            for call in calls[-2:]
        ]
    )
