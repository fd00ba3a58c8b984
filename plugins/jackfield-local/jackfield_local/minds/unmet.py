"""What is said where no tool fits: plainly that it cannot be done, and what can, but not over and over."""

from __future__ import annotations

from jackfield_local.minds import talk, work
from jackfield_local.minds.abilities import cannot
from jackfield_local.minds.referral import referred
from jackfield_local.minds.situation import Situation

_UPSET = "I'm sorry to hear that. What can I do for you?"
_NOTED = "I see. What would you like me to do?"
_RECENT = 3  # turns: what was said before them may be said again


def without_tool(situation: Situation, text: str) -> str:
    """The answer to words that no tool fits, and that are no small talk."""
    dialogue, matcher = situation.dialogue, situation.matcher
    if dialogue.calls and talk.asks_for_news(text):
        return work.NOTHING
    if talk.is_upset(text):
        return _UPSET
    if offer := referred(text, matcher):
        return offer
    if talk.is_remark(text):
        return _NOTED
    turns = [dialogue.said, *(said for _, said in dialogue.before)][:_RECENT]
    return cannot(matcher.offers, " ".join(sentence for said in turns for sentence in said))
