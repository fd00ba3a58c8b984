"""The caller's yes to what must not be done without it: asked for, and heard.

A function call that needs a yes is answered with `denied` and the order to ask. What was asked is found
again in the items, as everything is: the question stands until the caller has had a turn after it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from jackfield_local.minds import proposal
from jackfield_local.minds.answers import sentence
from jackfield_local.minds.dialogue import Item, arguments_of, text_of
from jackfield_local.minds.offers import Offer
from jackfield_local.speech import Call

ALL_RIGHT = "All right, I won't."

_DENIED = "The caller must agree first."
_WORDING = re.compile(r"Ask the caller: (.+?) When the caller has said yes, call ", re.DOTALL)
_BUTTON = re.compile(
    r"^By a button, the caller has (agreed|refused)\b.*? It is about (\S+) (\{.*\})\.$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Question:
    """`call` is what the caller was asked about in the words of `text`; `turns` counts what the caller has
    said since it was asked last, and is None before it was."""

    call: Call
    text: str
    turns: int | None = None


@dataclass(frozen=True, slots=True)
class Consents:
    """`asked` are the questions that the caller's fresh words may answer; `granted` the calls that a button
    allowed and that were not made yet; `withdrawn` tells that a button refused, and nobody spoke of it."""

    asked: tuple[Question, ...]
    granted: tuple[Call, ...]
    withdrawn: bool


class Answer(Enum):
    """What words are to the question whether something may be done."""

    YES = auto()
    NO = auto()
    BOTH = auto()  # "yes, but …"
    NEITHER = auto()


def question_for(call: Call, output: str, offer: Offer | None) -> str:
    """What to ask the caller before this call may run, in the words it is told to be asked in where there
    are any; "" where its output does not demand it."""
    message = _demand(output)
    if not message:
        return ""
    if not (wording := _WORDING.search(message)):
        return proposal.question(call, offer)
    words = wording[1].strip()
    return words if words.endswith("?") else f"{sentence(words)} Shall I?"


def _demand(output: str) -> str:
    try:
        value = json.loads(output)
    except ValueError:
        return ""
    message = str(value.get("message")) if isinstance(value, Mapping) else ""
    return message if message.startswith(_DENIED) and value.get("error") == "denied" else ""


def is_button(note: str) -> bool:
    """Whether a system message tells what the caller has pressed."""
    return _BUTTON.match(note) is not None


def read(items: Sequence[Item], offers: Sequence[Offer]) -> Consents:
    """What is open between the agent and the caller."""
    reader = _Reader({offer.name: offer for offer in offers})
    for item in items:
        reader.take(item)
    asked = tuple(each for each in reader.questions.values() if each.turns == 1)
    return Consents(asked, tuple(reader.granted.values()), reader.withdrawn)


class _Reader:
    """Goes through the items once, from the oldest."""

    def __init__(self, offers: Mapping[str, Offer]) -> None:
        self.questions: dict[str, Question] = {}
        self.granted: dict[str, Call] = {}
        self.withdrawn = False
        self._offers = offers
        self._calls: dict[str, Call] = {}
        self._in_turn = False  # further words of the caller's belong to the turn that has begun

    def take(self, item: Item) -> None:
        match item.get("type"), item.get("role"):
            case "function_call", _:
                self._called(item)
            case "function_call_output", _:
                self._answered(item)
            case "message", "assistant":
                self._said(item)
            case "message", "user":
                self._heard()
            case "message", "system":
                self._pressed(text_of(item))

    def _called(self, item: Item) -> None:
        if item.get("status") == "incomplete":
            return
        call = Call(str(item.get("name")), arguments_of(item))
        self._calls[str(item.get("call_id"))] = call
        self._drop(call)
        self._in_turn = False

    def _answered(self, item: Item) -> None:
        call = self._calls.get(str(item.get("call_id")))
        if call is None:
            return
        if text := question_for(call, str(item.get("output") or ""), self._offers.get(call.name)):
            self.questions[subject(call)] = Question(call, text)

    def _said(self, item: Item) -> None:
        text, cut = text_of(item), item.get("status") == "incomplete"
        for key, question in self.questions.items():
            if question.text in text or (question.turns is None and (cut or not text)):
                self.questions[key] = replace(question, turns=0)
        self.withdrawn = self._in_turn = False

    def _heard(self) -> None:
        if self._in_turn:
            return
        self._in_turn = True
        for key, question in self.questions.items():
            if question.turns is not None:
                self.questions[key] = replace(question, turns=question.turns + 1)

    def _pressed(self, text: str) -> None:
        if (found := _BUTTON.match(text)) is None:
            return
        call = Call(found[2], arguments_of({"arguments": found[3]}))
        self._drop(call)
        if found[1] == "refused":
            self.withdrawn = True
        elif call.name in self._offers:
            self.granted[subject(call)] = call

    def _drop(self, call: Call) -> None:
        self.questions.pop(subject(call), None)
        self.granted.pop(subject(call), None)


def subject(call: Call) -> str:
    """The same for the same call, whatever the order of its arguments."""
    return f"{call.name} {json.dumps(dict(call.arguments), sort_keys=True)}"


# --- yes and no -----------------------------------------------------------------------------------

_FILLER = r"(?:u[mh]+|er+|oh|ah|hm+|well|so|actually|and)"
_POLITE = r"(?:please|thanks|thank you|then|now|that would be (?:nice|great|good|lovely))"
_CLEAR_YES = (
    r"(?:yes|yeah|yep|yup|yea|aye|sure(?: thing)?|certainly|absolutely|definitely|of course|by all means"
    r"|go ahead|go on|go for it|do (?:it|that|so)|please do(?: it| that| so)?|i agree|agreed|confirmed"
    r"|(?:yes,? )?i do|you (?:may|can|should)(?: do (?:it|that|so))?"
    r"|(?:that's|that is|it's|that sounds|sounds) (?:right|correct|fine|ok(?:ay)?|good|great|perfect)"
    r"|correct|exactly|no problem|no worries)"
)
_FAINT_YES = r"(?:ok(?:ay)?|all ?right|right|fine|great|good|perfect|lovely|please)"
_NO = (
    # The ears may write "now" or "know" where a "no" stands before something that is one.
    r"(?:(?:now|know)(?=,? (?:leave|don't|do not|stop|never|not|cancel|thanks|thank you)\b)"
    r"|(?:no|nope|nah)(?! problem| worries)|not (?:yet|now|today|really|at all|that one|this time)"
    r"|(?:please )?(?:don't|do not|never)\b(?! mind)[^,.;?!]*"
    r"|never ?mind|forget (?:it|that|about it|about that)"
    r"|leave (?:it|that)(?: alone| open| as it is| be| for now)?|stop(?: it| that)?|cancel(?: it| that)?"
    r"|(?:i'd |i would )?(?:rather|better) not|maybe later|later|i(?:'ve| have)? changed my mind"
    r"|i (?:don't|do not) (?:want|think|know)\b[^,.;?!]*|no way)"
)
_UNCLEAR = re.compile(r"(?:now|know)(?:,? please)?", re.IGNORECASE)
_BETWEEN = r"[\s,.;!?]+(?:and )?"
_LEADING = re.compile(rf"^(?:{_FILLER}[\s,.]+)+", re.IGNORECASE)
_ALL_YES = re.compile(
    rf"(?:{_CLEAR_YES}|{_FAINT_YES})(?:{_BETWEEN}(?:{_CLEAR_YES}|{_FAINT_YES}|{_POLITE}))*", re.IGNORECASE
)
_FIRST_YES = re.compile(
    rf"(?:{_FAINT_YES}{_BETWEEN})*{_CLEAR_YES}(?:{_BETWEEN}(?:{_CLEAR_YES}|{_POLITE}))*\b{_BETWEEN}",
    re.IGNORECASE,
)
_FIRST_NO = re.compile(
    rf"(?:{_FAINT_YES}{_BETWEEN})?{_NO}(?:{_BETWEEN}(?:{_NO}|{_POLITE}|{_FILLER}))*(?:$|(?=[\s,.;!?]))",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:but|wait|no|not|never|instead|first|unless|if|only|hold on|actually|leave|forget|rather|later"
    r"|\w+n't)\b",
    re.IGNORECASE,
)


def answer(text: str) -> tuple[Answer, str]:
    """What the words say to an open question, and what else they say."""
    words = _LEADING.sub("", text.replace("’", "'").strip()).strip(" .,!?")
    if _UNCLEAR.fullmatch(words):
        return Answer.BOTH, words
    if _ALL_YES.fullmatch(words):
        return Answer.YES, ""
    if found := _FIRST_NO.match(words):
        rest = words[found.end() :].strip(" .,!?")
        return (Answer.BOTH, words) if _ALL_YES.fullmatch(rest) else (Answer.NO, rest)
    if found := _FIRST_YES.match(words):
        rest = words[found.end() :]
        mixed = _DOUBT.search(rest) or _FIRST_NO.match(rest)
        return (Answer.BOTH, words) if mixed else (Answer.YES, rest)
    return Answer.NEITHER, words


def doubts(text: str) -> bool:
    """Whether words hold a no or a but: what they name must not be taken as wanted."""
    return _DOUBT.search(text.replace("’", "'")) is not None
