"""What an agent can do, in its own words, and that it cannot do more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jackfield_local.minds.offers import Offer

SORRY = "I'm sorry, I can't help with that."
NEITHER = "I'm sorry, I can't help with that either."
BEYOND = "That is beyond me, I'm afraid."

_TELL = "tell you "
_LONG = 10  # words: more are not said in one breath
_THIRD_PERSON = re.compile(
    r"^(returns?|gets?|tells?|finds?|shows?|gives?|lists?|looks?|searches|opens?|closes?|adds?|asks?)\b",
    re.IGNORECASE,
)
_NO_VERB = re.compile(r"^(?:the|a|an|whether|when|what|how|where|which|who|current|all)\b", re.IGNORECASE)


_ASIDE = re.compile(r",? (?:and|or) when\b.*$| when\b.*$| whether\b.*$| such as\b.*$", re.IGNORECASE)


def ability(offer: Offer) -> str:
    """What a tool does, to go after "I can": the beginning of its description, or its name."""
    first = re.split(r"[.:;(\n,]|\s[-–—]\s", offer.description.strip(), maxsplit=1)[0].strip()
    if offer.hands_over:
        return f"put you through to the {offer.target}"
    if not first:
        return offer.title
    if _NO_VERB.match(first):
        return f"{_TELL}{first[0].lower()}{first[1:]}"
    if len(first.split()) > _LONG:
        first = _ASIDE.sub("", first)
    if len(first.split()) > _LONG:
        return offer.title
    first = _THIRD_PERSON.sub(lambda found: _base(found[1].lower()), first)
    return first[0].lower() + first[1:]


def _base(verb: str) -> str:
    if verb.endswith(("ches", "shes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and verb not in {"is"} else verb


def abilities(offers: Sequence[Offer], most: int = 4) -> str:
    """ "I can …, … or …." What can be told is told of in one go."""
    able = list(dict.fromkeys(ability(offer) for offer in offers))[:most]
    told = [each.removeprefix(_TELL) for each in able if each.startswith(_TELL)]
    rest = [each for each in able if not each.startswith(_TELL)]
    if not able:
        return "I can talk with you, but I have no tools to look things up."
    if len(told) > 1 and rest:
        return f"I can {_TELL}{_listed(told)}, and I can {_listed(rest)}."
    return f"I can {_TELL}{_listed(told)}." if len(told) > 1 else f"I can {_listed(able)}."


def _listed(phrases: Sequence[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def cannot(offers: Sequence[Offer], said: str) -> str:
    """Plainly: that is nothing I can do, and this is what I can, unless `said`, the agent's last sentences,
    has told it."""
    if NEITHER in said:
        return BEYOND if BEYOND not in said else NEITHER
    return NEITHER if SORRY in said else f"{SORRY} {abilities(offers)}"
