"""Work that goes on beside the conversation: what the model is told of it, in the agent's own words, and
what callers say to hear of it or to stop it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jackfield_local.minds import talk
from jackfield_local.minds.answers import joined, sentence, spoken
from jackfield_local.minds.dialogue import Requested, job_of, result_of
from jackfield_local.minds.match import Matcher
from jackfield_local.minds.offers import CANCEL_WORK, RUNNING_WORK, Offer
from jackfield_local.minds.words import stem, words_of
from jackfield_local.speech import Call

STARTED = "I have started on that, and will tell you when it is done."
STOPPED = "All right, I have stopped that."
NOTHING = "I am not working on anything at the moment."
CANNOT_STOP = "I can't stop that any more, but you need not wait for it."

# How cancelled work is told of.
_REASONS = {
    "The caller does not want it any more.": STOPPED,
    "The caller interrupted, so this was stopped.": "I stopped that when you spoke.",
}


# --- outputs and notes ----------------------------------------------------------------------------


def told(call: Requested, matcher: Matcher) -> str:
    """An output of a tool, or of the tools about work, as the agent says it."""
    output = call.output or ""
    if job_of(output):
        return STARTED
    if call.name == RUNNING_WORK and matcher.offer(RUNNING_WORK):
        return _running(output, matcher)
    if call.name == CANCEL_WORK and output.endswith(" was stopped."):
        return STOPPED
    return _REASONS.get(_failure(output), "") or spoken(output)


def result(note: str, calls: Sequence[Requested], matcher: Matcher) -> str:
    """What a system message tells of work that has ended; "" where it is no such message."""
    if (found := result_of(note)) is None:
        return ""
    job, output = found
    failure = _failure(output)
    if failure in _REASONS:
        return _REASONS[failure]
    call = next((each for each in calls if job_of(each.output or "") == job), None)
    offer = matcher.offer(call.name) if call else None
    about = talk.subject_of(call.arguments.values()) if call else ""
    if offer is None or not offer.title.startswith("ask "):
        lead = "I'm sorry, that did not work." if failure else "I have the result now."
    else:
        lead = "I'm sorry, I could not get" if failure else "I have"
        what = f"the {offer.title.removeprefix('ask ')}'s answer"
        lead = f"{lead} {what}{f' about the {about}' if about else ''}."
    return joined([lead, sentence(failure) if failure else spoken(output)])


def _failure(output: str) -> str:
    """The message of an output that is none but tells what went wrong."""
    try:
        value = json.loads(output)
    except ValueError:
        return ""
    is_one = isinstance(value, Mapping) and isinstance(value.get("error"), str)
    return str(value.get("message") or "") if is_one else ""


_RUNS = re.compile(
    r"(\S+) \(\S+\) has been running for (\d+) seconds"
    r"(?:, last heard of it: (.*?))?\.(?= \S+ \(\S+\) has been running|$)"
)


def _running(output: str, matcher: Matcher) -> str:
    found = list(_RUNS.finditer(output))
    return joined([_still(each, matcher) for each in found]) if found else NOTHING


def _still(run: re.Match[str], matcher: Matcher) -> str:
    title, seconds, progress = run.groups()
    offer = matcher.offer(title.replace(".", "__"))
    waiting = talk.still_waiting(offer, ()).removesuffix(".")
    if offer is None or not offer.title.startswith("ask "):
        waiting = f"I'm still working on this: {offer.title if offer else title}"
    return joined([f"{waiting}, for {seconds} seconds now.", sentence(progress or "")])


# --- what callers say -----------------------------------------------------------------------------

_BUSY = r"(?:working on|doing|running|going on|in progress|under ?way|busy with|being (?:done|worked on))"
_ASKS = re.compile(
    r"(?:and |so |but )?(?:tell me )?"
    rf"(?:what(?:'s| is| are|)(?: else)?(?: are| is)?(?: you| we| it| they)?(?: still)? {_BUSY}"
    rf"|what you(?:'re| are) {_BUSY}"
    rf"|(?:are you|is (?:anything|something|there anything))(?: still)? {_BUSY}(?: anything| something)?)"
    r"(?: (?:right now|at the moment|at this moment|now|just now|in the background|there|for me|anything))*",
    re.IGNORECASE,
)
_DROPS = re.compile(
    r"^(?:(?:could|can|would|will) you )?(?:please )?(?:you can |you may |you needn't |just )?"
    r"(?P<verb>never ?mind|forget(?: about)?|(?:don't|do not)(?: bother)?|no need|stop|cancel|drop|abort"
    r"|call off|leave|skip)\b(?P<what>[^,.;?!]*)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_IT = re.compile(
    r"(?:(?:about|with|doing|working on|for|to) )*(?:it|that|this|that one)?"
    r"(?: (?:please|then|now|any ?more))*",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|everything|both|them)\b", re.IGNORECASE)
_TOO_BARE = frozenset({"stop", "leave", "don't", "do not", "no need", "drop", "skip", "cancel"})


@dataclass(frozen=True, slots=True)
class Dropped:
    """Work that the caller does not want any more, and what else they say."""

    work: tuple[Requested, ...]
    rest: str


def asks_what_runs(text: str) -> bool:
    """Whether the caller wants to know what is being worked on."""
    return _ASKS.fullmatch(text.replace("’", "'").strip(" .,!?")) is not None


def dropped(text: str, running: Sequence[Requested], matcher: Matcher) -> Dropped | None:
    """The running work that the caller calls off: what they name, or the latest where they say "it"."""
    found = _DROPS.match(text.replace("’", "'").strip())
    if found is None or not running:
        return None
    what, rest = found["what"].strip(), found["rest"].strip(" ,.;?!")
    if _IT.fullmatch(what):
        bare = not what and found["verb"].lower() in _TOO_BARE
        return None if bare else Dropped((running[-1],), rest)
    named = [call for call in running if _names(what, call, matcher.offer(call.name))]
    if not named and _ALL.search(what):
        named = list(running)
    return Dropped(tuple(named), rest) if named else None


def _names(what: str, call: Requested, offer: Offer | None) -> bool:
    texts = [call.name.replace("__", " ").replace("_", " "), offer.title if offer else ""]
    texts += [str(value) for value in call.arguments.values()]
    words = {stem(word.lower) for text in texts for word in words_of(text)}
    return bool(words & {stem(word.lower) for word in words_of(what) if len(word.lower) > 2})


def cancelled(work: Sequence[Requested], matcher: Matcher) -> tuple[list[str], list[Call]]:
    """Stop this work, where the agent can."""
    if matcher.offer(CANCEL_WORK) is None:
        return [CANNOT_STOP], []
    return [], [Call(CANCEL_WORK, {"work": each.work}) for each in work]
