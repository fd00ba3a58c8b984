"""What a function call would do, put to the caller as a question."""

from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.minds.answers import phrase
from jackfield_local.minds.offers import Offer, Role, offer_of, spaced
from jackfield_local.speech import Call

_MAKES = frozenset({"open", "create", "add", "book", "make", "write", "send", "order", "schedule", "start"})
_LONG = 4  # words: more are dictated, and read back as they are
_Value = tuple[str, object]


def question(call: Call, offer: Offer | None) -> str:
    """ "Shall I close ticket 1042?", or what would be done and "Shall I?" where there is more to it."""
    offer = offer or offer_of({"name": call.name})
    if offer.hands_over:
        return f"Shall I put you through to the {offer.target}?"
    verb, _, thing = offer.title.partition(" ")
    values = [(name, value) for name, value in call.arguments.items() if value not in (None, "", [], {})]
    texts = [(name, value) for name, value in values if _is_text(offer, name, value)]
    others = [each for each in values if each not in texts]
    if len(texts) == 1 and len(others) <= 1 and thing:
        return _dictated(verb, thing, texts[0][1], others, call.name)
    if len(values) <= 1 and not texts:
        return f"Shall I {_short(verb, thing, values)}?"
    said = ", ".join(f"{spaced(name)} {phrase(value).rstrip('.')}" for name, value in values)
    return f"I would {verb}{_article(verb, thing)}: {said}. Shall I?"


def _is_text(offer: Offer, name: str, value: object) -> bool:
    role = next((each.role for each in offer.parameters if each.name == name), Role.OTHER)
    return isinstance(value, str) and (role is Role.TEXT or len(value.split()) > _LONG)


def _dictated(verb: str, thing: str, text: object, others: Sequence[_Value], name: str) -> str:
    """ "I would add this note to ticket 1042: he called. Shall I?" """
    where = f" to {_named(others[0][1], name)}" if others else ""
    return f"I would {verb} this {thing}{where}: {str(text).rstrip('. ')}. Shall I?"


def _named(value: object, name: str) -> str:
    """A bare number is the number of one of what the tool's source is about: `tickets__add_note`."""
    source = name.rpartition("__")[0]
    if not isinstance(value, int) or not source:
        return phrase(value)
    noun = spaced(source)
    return f"{noun.removesuffix('s')} {value}"


def _short(verb: str, thing: str, values: Sequence[_Value]) -> str:
    if not values:
        return verb + _article(verb, thing)
    [(name, value)] = values
    said = phrase(value)
    if verb == "ask":
        return f"ask the {thing} about the {said}" if thing else f"ask about the {said}"
    if isinstance(value, bool | str):
        return f"{verb} the {thing or spaced(name)} {said}"
    return f"{verb} {thing or spaced(name)} {said}"


def _article(verb: str, thing: str) -> str:
    if not thing:
        return ""
    if verb not in _MAKES:
        return f" the {thing}"
    return f" {'an' if thing[0] in 'aeiou' else 'a'} {thing}"
