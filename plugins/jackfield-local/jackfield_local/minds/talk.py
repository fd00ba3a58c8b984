"""Small talk, and the agent's words about itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jackfield_local.minds.offers import Offer, Parameter, Role

DID_NOT_CATCH = "Sorry, I didn't catch that. Could you say it again?"
ANYTHING_ELSE = "Is there anything else I can do for you?"
HELLO = "Hello. How can I help you?"
ALL_RIGHT = "All right."
ONE_MOMENT = "One moment, please."

_THANKS = (
    r"(?:thanks|thank you|thank you very much|many thanks|cheers"
    r"|much appreciated)(?: (?:a lot|so much|very much|for [\w ]+))?"
)
_GREETING = (
    r"(?:hello|hi|hey|hiya|good (?:morning|afternoon|evening|day))(?: (?:there|again|everyone|everybody))?"
)
_BYE = (
    r"(?:good ?bye|bye|bye[- ]bye|see you(?: later| soon| then)?|that's all"
    r"|that is all|that will be all|have a (?:nice|good) \w+)"
)
_TALK: list[tuple[str, str]] = [
    (
        rf"{_GREETING}(?:,? how are you(?: doing)?(?: today)?)",
        "Hello. I'm well, thank you. How can I help you?",
    ),
    (
        r"(?:and )?how are you(?: doing)?(?: today)?|how is it going|how's it going",
        "I'm well, thank you. How can I help you?",
    ),
    (_GREETING, HELLO),
    (
        rf"(?:ok(?:ay)?,? |great,? |no,? )*{_THANKS}(?:,? and)?[,.]? {_BYE}|{_BYE},? {_THANKS}",
        "You're welcome. Goodbye.",
    ),
    (rf"(?:ok(?:ay)?,? |great,? |perfect,? |lovely,? |no,? )*{_THANKS}", "You're welcome."),
    (rf"(?:no,? |ok(?:ay)?,? |great,? )*{_BYE}(?: now| for now| for today)?", "Goodbye."),
    (r"(?:are you (?:still )?there|can you hear me|hello\?)", "Yes, I'm here. What can I do for you?"),
    (
        r"(?:are you (?:a )?(?:robot|human|machine|real|real person|computer|bot|ai))",
        "I'm a voice assistant. What can I do for you?",
    ),
    (
        r"(?:hold on|hang on|one moment|one second|just a (?:moment|second"
        r"|minute)|wait)(?: please| a (?:moment|second))?",
        "Of course, take your time.",
    ),
    (r"(?:sorry|i'm sorry|my apologies|excuse me)", "No problem. What can I do for you?"),
    (
        r"(?:yes|yeah|yep|sure|ok|okay|alright|all right|right|great|perfect|good|fine|got it"
        r"|i see|lovely|nice|no problem|wonderful)(?: then| please)?",
        ALL_RIGHT,
    ),
    (r"(?:no|nope|no,? nothing(?: else)?|nothing else|not really|not now)", "All right."),
    (r"(?:never ?mind|forget (?:it|about it|that)|cancel that|stop|leave it)", "All right, never mind."),
    (r"(?:nice|good|pleased) to (?:meet|talk to|hear from) you", "Likewise. What can I do for you?"),
]
_TALK_PATTERNS = [(re.compile(pattern, re.IGNORECASE), reply) for pattern, reply in _TALK]
_WHO = re.compile(
    r"(?:and )?(?:who are you|who am i (?:talking|speaking) (?:to|with)"
    r"|what are you|what(?:'s| is) your name|who is this)",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"(?:and |so )?(?:what (?:can|could|do) you (?:do|help)(?: for me"
    r"| me with| with)?|what else can you do(?: for me)?"
    r"|how can you help(?: me)?|(?:can|could) you help(?: me)?|help(?: me)?"
    r"|what are my options|i need (?:some )?help)",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:sorry,? )?(?:(?:can|could) you )?(?:please )?(?:(?:say|repeat) (?:that"
    r"|it)(?: again)?(?: please)?|say again|pardon(?: me)?"
    r"|come again|what did you say|what was that(?: again)?|once more(?: please)?|again,? please|repeat)",
    re.IGNORECASE,
)
_DROP = re.compile(
    r"^(?:no,? )?(?:never ?mind|forget (?:it|about it|that)|cancel(?: that"
    r"| it)?|stop|leave it|i don't know|not now)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"^(?:(?:{_GREETING}|{_THANKS}|ok(?:ay)?|great|perfect|well|right|so|um+"
    rf"|uh+|er+|oh|yes|yeah|please|sorry|excuse me|alright"
    r"|all right|no|lovely|listen|actually)\b[\s,.!]+(?:and )?)+",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"\b(yet|still (?:waiting|there|looking|working)|any news|any luck|any answer"
    r"|heard back|how long|(?:have|did) (?:they|he|she|you)"
    r" (?:answer|answered|reply|replied|found|find|hear|heard|got|get)"
    r"|what (?:about|happened|did they)|status of that"
    r"|did you (?:find|get|hear)|what do(?:es)? (?:they|the supplier) say"
    r"|is it (?:done|ready|there)|so\?|well\?|and\?|hurry"
    r"|what's taking|are you done|do you have (?:it|the answer|an answer|the result))\b|^(?:and|so|well)\?$",
    re.IGNORECASE,
)
_PERSONA = re.compile(r"\byou (?:are|'re) ((?:an?|the|[A-Z])[^.\n;:]{2,90})", re.IGNORECASE)
_ANSWERING = re.compile(r"\byou (answer|take|handle|work|serve|look after) ([^.\n;:]{3,90})", re.IGNORECASE)


def _bare(text: str) -> str:
    return text.strip(" .,!?").replace("’", "'")


def without_lead(text: str) -> str:
    """The utterance without the "Hello," or "Okay, thanks," that it begins with."""
    rest = _LEAD.sub("", text.strip())
    return rest if rest.strip(" .,!?") else text.strip()


def small_talk(text: str, offers: Sequence[Offer], instructions: str, last_said: str) -> str | None:
    """The reply where an utterance is small talk as a whole; None where it is not."""
    bare = _bare(text)
    if _AGAIN.fullmatch(bare):
        return last_said or DID_NOT_CATCH
    if _WHO.fullmatch(bare):
        return introduction(instructions)
    if _WHAT.fullmatch(bare):
        return f"{sentence_of_abilities(offers)} What would you like?"
    for pattern, reply in _TALK_PATTERNS:
        if pattern.fullmatch(bare):
            return reply
    return None


def drops(text: str) -> bool:
    """Whether the caller no longer wants what they were asked about."""
    return _DROP.search(_bare(text)) is not None


def asks_about_waiting(text: str) -> bool:
    """Whether this asks how far something is that is still being looked into."""
    return _WAITING.search(text) is not None


def introduction(instructions: str) -> str:
    """Who the agent is, in the words of its instructions where they say it."""
    if found := _PERSONA.search(instructions):
        return f"I am {_mine(found[1])}."
    if found := _ANSWERING.search(instructions):
        return f"I'm a voice assistant. I {found[1].lower()} {_mine(found[2])}."
    return "I'm a voice assistant."


def _mine(text: str) -> str:
    return re.sub(r"\byour\b", "my", text.split(", and ")[0].strip(" ,"))


_THIRD_PERSON = re.compile(
    r"^(returns?|gets?|tells?|finds?|shows?|gives?|lists?|looks?|searches|opens?|closes?|adds?|asks?)\b",
    re.IGNORECASE,
)
_NO_VERB = re.compile(r"^(?:the|a|an|whether|when|what|how|where|which|who|current|all)\b", re.IGNORECASE)


def ability(offer: Offer) -> str:
    """What a tool does, to go after "I can": the beginning of its description, or its name."""
    first = re.split(r"[.:;(\n,]|\s[-–—]\s", offer.description.strip(), maxsplit=1)[0].strip()
    if offer.hands_over:
        return "put you through to " + re.sub(r"^.*? to ", "", offer.title)
    if not first or len(first.split()) > 14:
        return offer.title
    if _NO_VERB.match(first):
        return f"tell you {first[0].lower()}{first[1:]}"
    first = _THIRD_PERSON.sub(lambda found: _base(found[1].lower()), first)
    return first[0].lower() + first[1:]


def _base(verb: str) -> str:
    if verb.endswith(("ches", "shes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and verb not in {"is"} else verb


def sentence_of_abilities(offers: Sequence[Offer], most: int = 4) -> str:
    """ "I can …, … or …." """
    abilities = list(dict.fromkeys(ability(offer) for offer in offers))[:most]
    if not abilities:
        return "I can talk with you, but I have no tools to look things up."
    if len(abilities) == 1:
        return f"I can {abilities[0]}."
    return f"I can {', '.join(abilities[:-1])}, or {abilities[-1]}."


def cannot(offers: Sequence[Offer]) -> str:
    """Plainly: that is nothing I can do, and this is what I can."""
    return f"I'm sorry, I can't help with that. {sentence_of_abilities(offers)}"


def question(offer: Offer, parameter: Parameter) -> str:
    """What to ask the caller for a missing argument; each parameter of a tool has its own question."""
    noun = offer.title.split()[-1]
    noun = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    name = parameter.words
    if name in {"number", "id", "name", "code", "title"} and noun not in name:
        name = f"{noun} {name}"
    if parameter.choices:
        return f"Which {name}: {_either([str(choice) for choice in parameter.choices])}?"
    if parameter.role in {Role.PLACE, Role.DAY, Role.THING} and parameter.role is not Role.THING:
        return f"Which {name}?"
    if parameter.role is Role.PERSON and "name" not in name:
        return f"What is the {name}'s name?"
    if parameter.role is Role.TEXT:
        return f"What should the {name} say?"
    if parameter.role is Role.BOOLEAN:
        return f"Yes or no: {name}?"
    return f"What is the {name}?"


def _either(choices: Sequence[str]) -> str:
    words = [choice.replace("_", " ") for choice in choices[:6]]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def subject_of(arguments: Iterable[object]) -> str:
    """What a function call is about: its first argument that can be named."""
    return next((str(value) for value in arguments if isinstance(value, str | int) and str(value)), "")


def still_waiting(offer: Offer | None, arguments: Iterable[object]) -> str:
    """That a function call has not come back yet, without a guess at what it will bring."""
    about = subject_of(arguments)
    if offer is not None and offer.title.startswith("ask "):
        who = offer.title.removeprefix("ask ")
        return f"I'm still waiting for the {who}'s answer{f' about the {about}' if about else ''}."
    return f"I'm still waiting for the answer{f' about {about}' if about else ' to that'}."
