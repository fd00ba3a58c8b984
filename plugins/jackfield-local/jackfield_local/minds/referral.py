"""Callers who want what this agent cannot do, but one it can put them through to may: asked, and answered."""

from __future__ import annotations

import re

from jackfield_local.minds import consent, proposal
from jackfield_local.minds.abilities import SORRY
from jackfield_local.minds.consent import Answer
from jackfield_local.minds.match import Matcher, asks_for_someone
from jackfield_local.minds.offers import Offer
from jackfield_local.minds.situation import Reply, Situation, act
from jackfield_local.speech import Call

_NO_PERSON = "I'm a voice assistant, and I can't put you through to a person."
_DECLINED = "All right. What else can I do for you?"
_TOPIC = re.compile(r"\bwhen (?:the )?(?:caller|user|customer) (?:asks|wants|needs)?(.+)", re.IGNORECASE)
_NEAR = 0.23
"""How near to what an agent is there for words must be, for the caller to be asked. They are asked, so a
mistake costs no more than a no; what is nearer still is a request for it, and goes without a question."""


def referred(text: str, matcher: Matcher) -> str:
    """The offer to put the caller through; "" where nobody else is any nearer to what they want."""
    ways = [offer for offer in matcher.offers if offer.hands_over]
    someone = asks_for_someone(text)
    if not ways:
        return f"{_NO_PERSON} What can I do for you?" if someone else ""
    nearness, way = max(((_nearness(text, way, matcher), way) for way in ways), key=lambda each: each[0])
    if someone:
        return f"{_NO_PERSON} {_question(way)}"
    return f"{SORRY} {_question(way)}" if nearness >= _NEAR else ""


def to_referral(situation: Situation, text: str) -> Reply | None:
    """What the caller says to that; None where nothing was asked, or the words are another matter."""
    said = situation.dialogue.said
    offers = [offer for offer in situation.matcher.offers if offer.hands_over]
    ways = [way for way in offers if any(_question(way) in each for each in said)]
    answer, rest = consent.answer(text)
    if not ways or answer is Answer.NEITHER:
        return None
    if answer is Answer.BOTH:
        return [f"Sorry, I didn't catch that. {_question(ways[0])}"], []
    more, calls = act(situation.fits(rest)) if rest else ([], [])
    if answer is Answer.NO:
        return more or ([] if calls else [_DECLINED]), calls
    return more, [*calls, Call(ways[0].name, {})]


def _question(way: Offer) -> str:
    return proposal.question(Call(way.name, {}), way)


def _nearness(text: str, way: Offer, matcher: Matcher) -> float:
    """How near words are to one of the things that the other agent is there for."""
    topic = _TOPIC.search(way.description)
    if topic is None:
        return 0.0
    parts = [topic[1], *re.split(r",| or ", topic[1])]
    return matcher.nearness(text, way, [part.strip(" .") for part in parts if part.strip(" .")])
