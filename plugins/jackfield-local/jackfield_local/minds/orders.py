"""What a response's own instructions order to be said, word for word or in the agent's words."""

from __future__ import annotations

import re

from jackfield_local.minds.answers import sentence

_QUOTE = r"[\"“]([^\"”]+)[\"”]"
_EXACT = re.compile(
    r"^(?:please )?(?:now )?(?:say|greet|announce|repeat|answer|respond|reply|speak|open|begin|start|read|tell)\b"
    rf"[^:\"“.\n]*(?::\s*|\s){_QUOTE}",
    re.IGNORECASE,
)
_COLON = re.compile(
    r"^(?:please )?(?:now )?(?:say|greet|announce|repeat|answer|respond|reply|read|tell)\b[^:\"“.\n]*:\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TOLD = re.compile(
    r"^(?P<rest>.*?(?:^|[.!?]\s+))(?:please )?(?:now )?(?:in one (?:short )?sentence,? )?(?:briefly )?"
    r"(?:tell|inform|remind|let) (?:the )?(?:caller|user|customer|them)(?: know)?(?: briefly)? that (?P<what>[^.;]+)",
    re.IGNORECASE | re.DOTALL,
)
_MANNER = re.compile(
    r",? (?:in|with|using) (?:one|a|two|few|your)[^,;.]*?(?:sentence|sentences|words)\b.*$|,? briefly\b.*$"
    r"|,? and (?:do not|don't|ask|apologi[sz]e|nothing)\b.*$",
    re.IGNORECASE,
)
_PROGRESS = re.compile(r"last (?:that is )?known of it[^:]*:\s*(.+)$", re.IGNORECASE)
_GREET = re.compile(r"^(?:please )?(?:greet|welcome)\b", re.IGNORECASE)
_TURNED = [
    (r"\byou are\b|\byou're\b", "I am"),
    (r"\byou were\b", "I was"),
    (r"\byou\b", "I"),
    (r"\byour\b", "my"),
    (r"\bthe (?:caller|user|customer)'s\b|\btheir\b", "your"),
    (r"\bthe (?:caller|user|customer) (?:is|was)\b", "you are"),
    (r"\bthe (?:caller|user|customer) has\b", "you have"),
    (r"\bthe (?:caller|user|customer)\b|\bthem\b", "you"),
]


def ordered(instructions: str) -> str:
    """What the last paragraph of the instructions orders to say now; "" where it orders nothing.

    Instructions of a response stand after those of the session, so an order is the last thing said in
    them: `Say exactly: …`, `Greet the caller: …`, `Tell the caller that …`.
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", instructions) if part.strip()]
    if not paragraphs:
        return ""
    order = paragraphs[-1]
    if found := _EXACT.search(order) or _COLON.search(order):
        return found[1].strip().strip('"“”')
    if found := _TOLD.search(order):
        progress = _PROGRESS.search(order)
        return " ".join([sentence(_turned(found["what"])), *([sentence(progress[1])] if progress else [])])
    return "Hello. How can I help you?" if _GREET.search(order) and len(paragraphs) == 1 else ""


def _turned(what: str) -> str:
    """From an order to the agent to the agent's own sentence: "you are looking" is "I am looking"."""
    what = _MANNER.sub("", what.strip())
    for pattern, said in _TURNED:
        # A marker keeps "them" that became "you" from becoming "I".
        what = re.sub(pattern, said.replace("you", "\0").replace("I", "\1"), what, flags=re.IGNORECASE)
    return what.replace("\0", "you").replace("\1", "I")
