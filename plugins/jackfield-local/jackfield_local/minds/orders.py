"""What a response's own instructions order to be said, word for word or in the agent's words."""

from __future__ import annotations

import re

from jackfield_local.minds.answers import sentence

_VERB = (
    r"^(?:please )?(?:now )?(?:say|greet|welcome|announce|repeat|answer"
    r"|respond|reply|open|begin|start|read|tell)\b"
)
_QUOTED = re.compile(_VERB + r"[^:\"“.\n]*[:\s]\s*[\"“](.+)[\"”]\W*$", re.IGNORECASE | re.DOTALL)
_VERBATIM = re.compile(
    r"^(?:please )?(?:now )?(?:say|greet|welcome|announce|repeat|read)\b[^:\"“.\n]*:\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TOLD = re.compile(
    r"(?:^|[.!?]\s+)(?:please )?(?:now )?(?:in one (?:short )?sentence,? )?(?:briefly )?"
    r"(?:tell|inform|remind|let) (?:the )?(?:caller|user|customer|them)(?: know)?(?: briefly)? that ([^.;]+)",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r",? (?:in|with|using) (?:one|a|two|few|your)[^,;.]*?(?:sentence|sentences|words)\b.*$|,? briefly\b.*$"
    r"|,? and (?:do not|don't|ask|apologi[sz]e|nothing)\b.*$",
    re.IGNORECASE,
)
_PROGRESS = re.compile(r"last (?:that is )?known of it[^:]*:\s*(.+)$", re.IGNORECASE)
_GREET = re.compile(r"^(?:please )?(?:greet|welcome) (?:the )?(?:caller|user|customer)\b", re.IGNORECASE)

# From an order to the agent to the agent's own sentence. Each is replaced once: the "you" that stands for
# the caller afterwards must not become "I".
_SAID = {
    "you are": "I am",
    "you're": "I am",
    "you were": "I was",
    "you": "I",
    "your": "my",
    "yourself": "myself",
    "their": "your",
    "them": "you",
}
_PERSONS = re.compile(
    r"\b(?:you are|you're|you were|yourself|your|you|their|them"
    r"|the (?:caller|user|customer)(?:'s| is| was| has)?)(?!\w)",
    re.IGNORECASE,
)
_CALLER = {"'s": "your", " is": "you are", " was": "you were", " has": "you have", "": "you"}


def verbatim(instructions: str) -> str:
    """The exact words that the last paragraph orders to say (`Say exactly: "…"`, `Greet the caller: …`);
    "" where it orders none.

    A response's instructions stand after those of the session, so an order is the last thing in them.
    """
    order = _last_paragraph(instructions)
    if found := _QUOTED.search(order) or _VERBATIM.search(order):
        return found[1].strip().strip('"“”')
    return ""


def reported(instructions: str) -> str:
    """What the last paragraph orders to tell (`Tell the caller that you are …`), as the agent says it; ""
    where it orders nothing. A session's own instructions may well contain such a sentence, so this is
    meant for responses that nobody's words asked for."""
    order = _last_paragraph(instructions)
    if found := _TOLD.search(order):
        progress = _PROGRESS.search(order)
        return " ".join([sentence(_turned(found[1])), *([sentence(progress[1])] if progress else [])])
    return "Hello. How can I help you?" if _GREET.search(order) else ""


def _last_paragraph(instructions: str) -> str:
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", instructions) if part.strip()]
    return paragraphs[-1] if paragraphs else ""


def _turned(what: str) -> str:
    return _PERSONS.sub(_person, _MANNER.sub("", what.strip()))


def _person(found: re.Match[str]) -> str:
    words = found[0].lower()
    if words.startswith("the "):
        return _CALLER[re.sub(r"^the \w+", "", words)]
    return _SAID[words]
