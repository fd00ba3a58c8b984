"""What callers say, and what descriptions of tools call it."""

from __future__ import annotations

import re

from jackfield_local.minds.words import TENS, UNITS, stem, words_of

_COMMON_TEXT = """
a an the i we you me my our us your is are am was be been to of in on at for and or it its that this
these those please could would can will shall do does did how what when where who which with by from has
have had many much there like want need if whether as about any some one got get let them they their he
she his her not no so just also hello hi tell give know
"""
_COMMON = frozenset(_COMMON_TEXT.split())
# What callers say, and what descriptions of tools call it.
_SYNONYM_WORDS = {
    "price": "cost expensive charge",
    "stock": "available left spare",
    "part": "spare component",
    "close": "shut",
    "open": "close shut come visit hour new log register start drop",
    "ticket": "job repair case",
    "repair": "ticket job fix mend replace replacement swap",
    "ready": "finish done fix repaired complete",
    "status": "ready finish done progress",
    "time": "late o'clock clock morning evening midnight",
    "next": "again",
    "supplier": "vendor wholesaler distributor",
    "note": "comment remark memo",
    "customer": "client",
    "look": "check find search",
    "list": "show find search",
}
_PHRASES = [
    (re.compile(r"\bhow much\b(?! time)|\bset (?:me|us) back\b"), "price"),
    (
        re.compile(
            r"\b(?:at )?(?:what|which) time (?=(?:do|does|will|are|can|could|should) (?!it\b|\w+ have\b))"
        ),
        "when ",
    ),
    (
        re.compile(
            r"\bhow many\b|\b(?:do|would) you (?:happen to )?have\b|\bhave you got\b|\b(?:you )?got any\b"
        ),
        "stock",
    ),
    (re.compile(r"\bi(?:'m| am) (?:after|looking for)\b|\bi need (?:an?|another)\b(?: new)?"), "stock"),
    (re.compile(r"\bbook(?:ed)? (?:(?:it|this|that|him|her|one|me) )?in\b"), "open"),
    (re.compile(r"\bis it (?=(?:past|after|before|already|still) )"), "time "),
    (re.compile(r"\bwhat (?:day|date) is (?:it\b|today\b|tomorrow\b)"), "date"),
    (re.compile(r"\bin the (?:mornings?|afternoons?|evenings?)\b"), " "),
    (re.compile(r"\b(?:any|all|no|which|the|his|her|more) open\b"), " "),
    (re.compile(r"\bget in touch\b|\breach out\b|\bfind out\b|\btalk to the supplier\b"), "ask"),
    (re.compile(r"\bday after tomorrow\b|\bpicked up\b|\bhow long\b"), " "),
]
SYNONYMS: dict[str, set[str]] = {}
for _meaning, _words in _SYNONYM_WORDS.items():
    for _word in _words.split():
        SYNONYMS.setdefault(stem(_word), set()).add(stem(_meaning))
# A tool that changes something is wanted only where its verb, or one like it, is said.
_ACT_WORDS = {
    "open": "open create new log book register start raise bring drop leave file report make",
    "create": "open create new log book register start raise make set",
    "close": "close finish complete done resolve mark shut end",
    "add": "add note write put record jot append attach leave make comment remark memo tell",
    "ask": "ask check enquire inquire contact find question ring order get see supplier",
    "cancel": "cancel call drop delete remove",
    "delete": "delete remove cancel erase drop",
    "book": "book reserve make schedule arrange",
    "send": "send mail text message write tell",
    "update": "update change set move correct",
    "change": "update change set move correct",
    "order": "order buy get purchase",
}
_ACTS = {verb: frozenset(stem(each) for each in words.split()) for verb, words in _ACT_WORDS.items()}
_DEED = re.compile(
    r"\b(?:can|could|would|will|please|i want|i need|i'd like|i would like)(?: (?:you|to|please|just|also))+"
    r" (cancel|refund|order|pay|deliver|reserve|reschedule|ship"
    r"|(?:call|ring|phone|text|e-?mail)(?= (?:me|us|him|her)\b))"
)
# "Are you open?" and "when do you close?" order nobody to open or close anything.
_ASKS_OF_A_STATE = re.compile(
    r"\b(?:are|is|were|was|do|does|did|will) (?:you|it|they|we|the shop|the store)(?: guys)?"
    r"(?: be| still| also| ever| usually| already)* \w+"
)


def plain(text: str) -> str:
    """The text in lower case, with one word for what is asked in several."""
    lower = text.lower().replace("’", "'")
    for phrase, word in _PHRASES:
        lower = phrase.sub(word, lower)
    return lower


def stems_of(text: str) -> set[str]:
    words = (word.lower for word in words_of(text))
    return (
        {stem(word) for word in words if word not in _COMMON and not word[0].isdigit()}
        - set(UNITS)
        - set(TENS)
    )


def orders(text: str, verb: str) -> bool:
    """Whether a caller who says this wants something done that tools call by this verb; True of a verb that
    changes nothing: to look something up needs no order."""
    wanted = _ACTS.get(verb)
    said = {stem(word.lower) for word in words_of(_ASKS_OF_A_STATE.sub(" ", plain(text)))}
    return wanted is None or bool(wanted & said)


def deed_asked_for(text: str) -> str:
    """The stem of what the caller wants done in the world, "" where that is nothing. To look something up is
    no answer to it."""
    found = _DEED.search(plain(text))
    return stem(found[1]) if found else ""


def words_of_deeds(title: str, description: str) -> frozenset[str]:
    """The stems of the words by which a tool says what it does."""
    return frozenset(stems_of(f"{title} {description}")) | _ACTS.get(title.split()[0], frozenset())


def is_act(verb: str) -> bool:
    """Whether tools with this verb do more than look something up."""
    return verb in _ACTS
