"""One response, decided: pure code from a `Thought` to what is said and called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from jackfield_local.minds import consent, talk, work
from jackfield_local.minds.abilities import ability
from jackfield_local.minds.answers import joined, spoken
from jackfield_local.minds.asked import Asked, asked_for, completed
from jackfield_local.minds.dialogue import Dialogue, Requested, read
from jackfield_local.minds.interludes import about_work, still_waiting, to_proposal
from jackfield_local.minds.match import Fit, Matcher
from jackfield_local.minds.orders import reported, verbatim
from jackfield_local.minds.plan import Request, plan
from jackfield_local.minds.referral import referred, to_referral
from jackfield_local.minds.situation import Reply, Situation, act
from jackfield_local.minds.unmet import without_tool
from jackfield_local.minds.words import stem, words_of
from jackfield_local.speech import Call, Say, Thought

_LONGEST = 800  # characters of an utterance that are considered


def decide(thought: Thought, matcher: Matcher, today: date) -> list[Say | Call]:
    """What to say, then what to call. Never empty: a response always has something in it."""
    dialogue = read(thought.items, thought.pending)
    unasked = thought.tool_choice == "none" or not (dialogue.heard or dialogue.fresh or dialogue.notes)
    order = verbatim(thought.instructions) or (reported(thought.instructions) if unasked else "")
    if order:
        return [Say(order)]
    situation = Situation(thought, dialogue, consent.read(thought.items, matcher.offers), matcher, today)
    told = sorted((_told(call, matcher) for call in dialogue.fresh), key=_asks)  # a question comes last
    told += [_note(note, situation) for note in dialogue.notes]
    said, calls = _reply(situation)
    calls = _once([*situation.consents.granted, *calls])
    words = joined([*told, *said])
    if not words and not calls:
        words = _nothing_to_do(situation)
    if calls and not words and any(_is_slow(matcher, call) for call in calls):
        words = talk.ONE_MOMENT
    return [*([Say(words)] if words else []), *calls]


def _told(call: Requested, matcher: Matcher) -> str:
    """One output as the agent says it, or the question that it demands."""
    asked = Call(call.name, call.arguments)
    return consent.question_for(asked, call.output or "", matcher.offer(call.name)) or work.told(
        call, matcher
    )


def _asks(words: str) -> bool:
    return words.endswith("?")


def _note(text: str, situation: Situation) -> str:
    """A system message as the agent says it: without the brackets and the label of who sent it."""
    if consent.is_button(text):
        return consent.ALL_RIGHT if situation.consents.withdrawn else ""
    if known := work.result(text, situation.dialogue.calls, situation.matcher):
        return known
    inside = text.strip()
    if inside.startswith("["):
        label, _, rest = inside[1:].partition("]")
        inside = rest.strip() or label
    head, colon, tail = inside.partition(": ")
    return spoken(tail if colon and len(head.split()) <= 6 and "." not in head else inside)


def _once(calls: Sequence[Call]) -> list[Call]:
    return list({consent.subject(call): call for call in calls}.values())


def _is_slow(matcher: Matcher, call: Call) -> bool:
    offer = matcher.offer(call.name)
    return offer is not None and offer.slow


def _nothing_to_do(situation: Situation) -> str:
    """A response nobody's words asked for: the greeting, or the state of things."""
    dialogue = situation.dialogue
    if dialogue.unintelligible:
        return talk.DID_NOT_CATCH
    if dialogue.fresh:
        return "Done."
    if dialogue.pending:
        return still_waiting(situation, dialogue.pending)
    unsaid = [
        words
        for call in dialogue.calls[-2:]
        if (words := _told(call, situation.matcher)) and not _was_said(words, dialogue)
    ]
    if unsaid and dialogue.said:
        return joined(unsaid)
    return talk.ANYTHING_ELSE if dialogue.last_said else talk.HELLO


def _was_said(words: str, dialogue: Dialogue) -> bool:
    return any(words in " ".join(said) for said in (dialogue.said, *(said for _, said in dialogue.before)))


# --- the caller's words ---------------------------------------------------------------------------


def _reply(situation: Situation) -> Reply:
    """What the caller's last words lead to: sentences and function calls."""
    dialogue, matcher = situation.dialogue, situation.matcher
    text = dialogue.heard[:_LONGEST]
    if not text:
        return [], []
    if isinstance(choice := situation.thought.tool_choice, Mapping) or choice == "required":
        return [], _forced(situation, choice)
    if (answered := to_proposal(situation, text)) is not None:
        return answered
    if (answered := to_referral(situation, text)) is not None:
        return answered
    asked = asked_for(dialogue, matcher, situation.today) if matcher.offers else None
    if asked is not None and (answered := _to_question(situation, asked)) is not None:
        return answered
    if (answered := about_work(situation, text)) is not None:
        return answered
    reply = talk.small_talk(text, matcher.offers, situation.thought.instructions, dialogue.last_said)
    if reply is not None:
        return [reply], []
    return _to_requests(situation, text)


def _to_question(situation: Situation, asked: Asked) -> Reply | None:
    """The caller was asked for an argument; None where the words are no answer to that."""
    text = situation.dialogue.heard
    if talk.drops(text):
        return ["All right, never mind."], []
    fit = completed(asked, text, situation.matcher, situation.today)
    if fit is None:
        if talk.small_talk(text, situation.matcher.offers, "", "") is None and _fits_nothing(situation, text):
            return [f"Sorry, I didn't catch that. {asked.question}"], []
        return None
    return act([fit])


def _fits_nothing(situation: Situation, text: str) -> bool:
    return all(request.fit is None for request in plan(text, situation.matcher, (), situation.today))


def _to_requests(situation: Situation, text: str) -> Reply:
    dialogue = situation.dialogue
    requests = situation.requests(text)
    fits = [request.fit for request in requests if request.fit is not None]
    if dialogue.pending and (waiting := _asked_about(situation, text, requests)):
        rest = [fit for fit in fits if not any(_concerns(call, fit) for call in dialogue.pending)]
        said, calls = act(rest) if rest and not talk.asks_about_waiting(text) else ([], [])
        return [still_waiting(situation, waiting), *said], calls
    if not fits:
        return [without_tool(situation, text)], []
    said, calls = act(fits)
    if said and requests[0].told:
        said = [f"I can {ability(fits[0].offer)}.", *said]
    chat = [_chat(situation, request) for request in requests if request.fit is None]
    return [*filter(None, chat), *said], calls


def _chat(situation: Situation, request: Request) -> str:
    """A clause beside others that fits no tool: small talk is answered, a wish is owned up to."""
    reply = talk.small_talk(request.text, situation.matcher.offers, situation.thought.instructions, "")
    if reply is not None:
        return "You're welcome." if reply.startswith("You're welcome") else ""
    if len(request.text.split()) < 4 or talk.is_remark(request.text):
        return ""
    return referred(request.text, situation.matcher) or (
        f"I'm sorry, I can't help with this: {request.text.rstrip('.?!')}."
    )


def _asked_about(situation: Situation, text: str, requests: Sequence[Request]) -> list[Requested]:
    """The pending function calls that the caller asks about."""
    pending = situation.dialogue.pending
    fits = [request.fit for request in requests if request.fit is not None]
    meant = [call for call in pending if any(_concerns(call, fit) for fit in fits)]
    if meant:
        return meant
    if not talk.asks_about_waiting(text):
        return []
    if len(fits) == 1 and (same := [call for call in pending if call.name == fits[0].offer.name]):
        return same
    return list(pending) if all(fit.missing for fit in fits) else []


def _concerns(call: Requested, fit: Fit) -> bool:
    """Whether a request is for what is pending already: the same tool, and nothing that differs."""
    same = all(
        call.arguments.get(name) == value or _alike(call.arguments.get(name), value)
        for name, value in fit.arguments.items()
    )
    return call.name == fit.offer.name and same


def _alike(one: object, other: object) -> bool:
    """Whether `other` names the same thing, perhaps in fewer words: "the screen" for "ThinkPad screen"."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    words = {stem(word.lower) for word in words_of(other)}
    return words <= {stem(word.lower) for word in words_of(one)}


def _forced(situation: Situation, choice: str | Mapping[str, object]) -> list[Call]:
    """`tool_choice` demands a call: the tool it names, or the best there is, with what is known."""
    matcher = situation.matcher
    requests = situation.requests(situation.dialogue.heard)
    name = str(choice.get("name")) if isinstance(choice, Mapping) else ""
    fits = [
        request.fit
        for request in requests
        if request.fit is not None and name in {"", request.fit.offer.name}
    ]
    if not fits:
        fits = [
            fit
            for fit in matcher.best(situation.dialogue.heard, situation.today)
            if name in {"", fit.offer.name}
        ][:1]
    return [Call(fit.offer.name, fit.arguments) for fit in fits]
