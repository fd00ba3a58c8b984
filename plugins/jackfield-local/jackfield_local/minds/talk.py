"""Small talk, and the agent's words about itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jackfield_local.minds.abilities import abilities
from jackfield_local.minds.offers import Offer, Parameter, Role

DID_NOT_CATCH = "Sorry, I didn't catch that. Could you say it again?"
ANYTHING_ELSE = "Is there anything else I can do for you?"
HELLO = "Hello. How can I help you?"
ALL_RIGHT = "All right."
WELCOME = "You're welcome."
GOODBYE = "Goodbye."
ONE_MOMENT = "One moment, please."

_THANKS = (
    r"(?:thanks|thank you|thank you very much|many thanks|cheers"
    r"|much appreciated|that(?:'s| is| was) (?:very |really |so )?(?:kind|helpful)(?: of you)?)"
    r"(?: (?:a lot|so much|very much|for [\w ]+))?"
)
_GREETING = (
    r"(?:hello|hi|hey|hiya|good (?:morning|afternoon|evening|day))(?: (?:there|again|everyone|everybody))?"
)
_BYE = (
    r"(?:good[- ]?bye|bye|bye[- ]bye|see you(?: later| soon| then| on \w+)?"
    r"|that(?:'s| is| was|'ll be| will be) (?:all|everything|it)(?: i (?:need|needed|wanted)(?: to know)?)?"
    r"|good night|have a (?:nice|good|lovely|great) \w+)"
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
        f"{WELCOME} {GOODBYE}",
    ),
    (rf"(?:ok(?:ay)?,? |great,? |perfect,? |lovely,? |no,? )*{_THANKS}", WELCOME),
    (rf"(?:no,? |ok(?:ay)?,? |great,? )*{_BYE}(?: now| for now| for today)?", GOODBYE),
    (
        r"(?:are you (?:still )?there|is (?:anybody|anyone|somebody|someone) there|can you hear me|hello\?)",
        "Yes, I'm here. What can I do for you?",
    ),
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
        r"|i see|lovely|nice|no problem|wonderful|whatever)(?: then| please)?",
        ALL_RIGHT,
    ),
    (r"(?:no|nope|no,? nothing(?: else)?|nothing else|not really|not now)", "All right."),
    (
        r"(?:never ?mind|forget(?: about)?|don't bother(?: with)?|no need for)"
        r"(?: (?!what|when|how|who|is\b|are\b|can\b|do\b)\w+){1,4}",
        "All right, never mind.",
    ),
    (r"(?:h+m+|m+h*m+|u[hm]+|er+m*|ah|well|let me (?:see|think|have a look))", "Take your time."),
    (r"(?:what|which) languages? (?:do|can) you (?:speak|talk|know|understand)", "I only speak English."),
    (r"(?:never ?mind|forget (?:it|about it|that)|cancel that|stop|leave it)", "All right, never mind."),
    (
        r"(?:i have to say,? )?you(?:'re| are|'ve been| have been) (?:so |very |really |too )?"
        r"(?:funny|great|nice|kind|helpful|clever|amazing|awesome|sweet|lovely|good|a (?:great|big) help)",
        "Thank you. What can I do for you?",
    ),
    (r"(?:do|can) you (?:also )?(?:speak|talk|understand) english", "Yes, I do. What can I do for you?"),
    (
        r"(?:do|can) you (?:also )?(?:speak|talk|understand) (?!to\b|me\b|up\b|more\b|slow)\w+"
        r"|[¡¿ ]*(?:hola|buenos d[ií]as|bonjour|salut|hallo|guten tag|ciao|buongiorno|ol[áa])\b.*",
        "I'm sorry, I only speak English. What can I do for you?",
    ),
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
    r"|come again|what did you say|what was that(?: again)?|once more(?: please)?"
    r"|i (?:didn't|did not|don't) (?:catch|hear|get|understand)(?: that| you| it)?|again,? please|repeat)",
    re.IGNORECASE,
)
_WHAT_WAS_THAT = re.compile(r"(?:wait,? |sorry,? )?(?:what|sorry|huh|excuse me)", re.IGNORECASE)
_DROP = re.compile(
    r"^(?:no,? )?(?:never ?mind|forget (?:it|about it|that)|cancel(?: that"
    r"| it)?|stop|leave it|i don't know|not now)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"^(?:(?:{_GREETING}|{_THANKS}|ok(?:ay)?|great|perfect|well|right|so|um+"
    rf"|uh+|er+|oh|yes|yeah|please|sorry|excuse me|alright"
    r"|all right|no|lovely|listen|actually|(?:a |just a )?quick question|in the meantime|meanwhile"
    r"|by the way|one more thing"
    rf"|while (?:we|i) wait|while you(?:'re| are) at it)\b[\s,.!]+(?:and )?)+",
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
_BETWEEN = re.compile(r"[,.;!?]+(?: and\b)?| and ", re.IGNORECASE)
_NEWS = re.compile(
    r"\b(?:any (?:news|luck|answer|word|reply)|heard back"
    r"|(?:have|did|has) (?:they|he|she|the supplier) (?:answer|repl|call|say|said|get back)\w*)\b",
    re.IGNORECASE,
)
_UPSET = re.compile(
    r"\b(?:terrible|awful|horrible|unacceptable|ridiculous|disgrace\w*|too late|complain\w*|complaint"
    r"|disappointed|annoyed|annoying|angry|upset|useless|hopeless|stupid|fed up|frustrat\w+"
    r"|not (?:good enough|happy))\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\?|^(?:(?:and|but|so|then|also) )?(?:what|when|where|who|whose|which|why|how|is|are|am|was|do|does|did"
    r"|can|could|will|would|should|has|have|may)\b"
    r"|\b(?:please|(?:can|could|would|will) you|i(?:'d| would) like|i (?:want|need)"
    r"|i(?:'m| am) (?:after|looking for)|let me|give me|tell me|show me"
    r"|i have a question|i(?:'m| was| am) wondering)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"^(?:(?:and|but|so|well|because) )?(?:i|we|he|she|it|they|you|that|this|these|those|there|my|our|his|her"
    r"|the|your|their|some\w*|every\w*|nobody|not)(?:['’]\w+)?\b",
    re.IGNORECASE,
)
_PERSONA = re.compile(r"\byou (?:are|'re) ((?:an?|the|(?-i:[A-Z]))[^.\n;:]{2,90})", re.IGNORECASE)
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
    if _AGAIN.fullmatch(bare) or (text.strip().endswith("?") and _WHAT_WAS_THAT.fullmatch(bare)):
        return last_said or DID_NOT_CATCH
    if _WHO.fullmatch(bare):
        return introduction(instructions)
    if _WHAT.fullmatch(bare):
        return f"{abilities(offers)} What would you like?"
    if (reply := _known(bare)) is not None:
        return reply
    return _in_a_row([_known(_bare(part)) for part in _BETWEEN.split(bare) if _bare(part)])


def is_small_talk(text: str) -> bool:
    """Whether a clause is small talk by itself."""
    return _known(_bare(text)) is not None


def _known(bare: str) -> str | None:
    return next((reply for pattern, reply in _TALK_PATTERNS if pattern.fullmatch(bare)), None)


def _in_a_row(replies: Sequence[str | None]) -> str | None:
    """One reply to "Lovely, thanks a lot, bye!": thanks, and the last that is no "okay"."""
    known = [reply for reply in replies if reply is not None]
    if len(known) < len(replies) or not known:
        return None
    last = next((reply for reply in reversed(known) if reply != ALL_RIGHT), ALL_RIGHT)
    return f"{WELCOME} {last}" if WELCOME in known and WELCOME not in last else last


def drops(text: str) -> bool:
    """Whether the caller no longer wants what they were asked about."""
    return _DROP.search(_bare(text)) is not None


def asks_about_waiting(text: str) -> bool:
    """Whether this asks how far something is that is still being looked into."""
    return _WAITING.search(text) is not None


def asks_for_news(text: str) -> bool:
    """Whether the caller takes it that something is being looked into."""
    return _NEWS.search(text) is not None


def is_upset(text: str) -> bool:
    """Whether this is a complaint."""
    return _UPSET.search(text) is not None


def is_remark(text: str) -> bool:
    """Whether this only tells something, and asks for nothing."""
    words = without_lead(text).replace("’", "'")
    return _STATES.match(words) is not None and _WISH.search(words) is None


def introduction(instructions: str) -> str:
    """Who the agent is, in the words of its instructions where they say it."""
    if found := _PERSONA.search(instructions):
        return f"I am {_mine(found[1])}."
    if found := _ANSWERING.search(instructions):
        return f"I'm a voice assistant. I {found[1].lower()} {_mine(found[2])}."
    return "I'm a voice assistant."


def _mine(text: str) -> str:
    return re.sub(r"\byour\b", "my", text.split(", and ")[0].strip(" ,"))


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
