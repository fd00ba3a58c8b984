"""What has been said and done so far, as a mind needs it; read anew from the items each time.

A mind keeps nothing between responses: whatever the client deleted, truncated or created is all there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

Item = Mapping[str, object]

_STARTED = re.compile(r"^Started as (\S+?)\. Its result will come by itself")
_RESULT = re.compile(r"^The result of (\S+) \(\S*\) is there; tell the caller\.\s*(.*)$", re.DOTALL)
_UNDONE = re.compile(r"A function call that you made then, and that has no output, was not run")


@dataclass(frozen=True, slots=True)
class Requested:
    """A function call in the conversation; `output` is None while it is pending. `job` names the work that
    goes on behind one that was answered at once, "" where there is none, or no more."""

    call_id: str
    name: str
    arguments: Mapping[str, object]
    output: str | None
    job: str = ""

    @property
    def running(self) -> bool:
        return self.output is None or self.job != ""

    @property
    def work(self) -> str:
        """The name of what is running."""
        return self.job or self.call_id


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`heard` is what the caller said that nothing was done about yet, or nothing that was of any use;
    `fresh` the outputs nobody spoke of; `notes` the system's messages since the agent last spoke. `said` and
    `before` lead up to them: the agent's sentences since the utterance before, and (utterance, sentences
    after it) further back, newest first."""

    heard: str
    fresh: tuple[Requested, ...]
    notes: tuple[str, ...]
    said: tuple[str, ...]
    before: tuple[tuple[str, tuple[str, ...]], ...]
    calls: tuple[Requested, ...]
    unintelligible: bool

    @property
    def pending(self) -> tuple[Requested, ...]:
        return tuple(call for call in self.calls if call.running)

    @property
    def last_said(self) -> str:
        return next((said[-1] for said in (self.said, *(after for _, after in self.before)) if said), "")


def read(items: Sequence[Item], pending: frozenset[str]) -> Dialogue:
    """Understand the conversation. Items of a kind that is not known are left out."""
    outputs = {str(item.get("call_id")): str(item.get("output") or "") for item in items if _is_output(item)}
    over = {found[0] for item in items if _is_message(item, "system") and (found := result_of(text_of(item)))}
    calls = {
        str(item.get("call_id")): _requested(item, outputs, pending, over)
        for item in items
        if item.get("type") == "function_call" and item.get("status") != "incomplete"
    }
    spoken = _last(items, lambda item: _is_message(item, "assistant"))
    acted = max(spoken, _last(items, lambda item: item.get("type") == "function_call"))
    heard = [text_of(item) for item in items[acted + 1 :] if _is_message(item, "user")]
    fresh = [calls[call_id] for item in items[spoken + 1 :] if (call_id := _answered(item)) in calls]
    notes = [text_of(item) for item in items[spoken + 1 :] if _is_message(item, "system")]
    turns = _turns(items[: acted + 1])
    if turns and not heard and any(_UNDONE.search(note) for note in notes):
        (words, _), *turns = turns  # whatever was done about it was in vain
        heard = [words]
    return Dialogue(
        heard=" ".join(filter(None, heard)),
        fresh=tuple(fresh),
        notes=tuple(filter(None, notes)),
        said=turns[0][1] if turns else (),
        before=tuple(_shifted(turns)),
        calls=tuple(calls.values()),
        unintelligible=bool(heard) and not any(heard),
    )


def _shifted(turns: Sequence[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
    """Utterances newest first, each with what the agent had said before it."""
    return [
        (utterance, turns[at + 1][1] if at + 1 < len(turns) else ())
        for at, (utterance, _) in enumerate(turns)
        if utterance
    ]


def _turns(items: Sequence[Item]) -> list[tuple[str, tuple[str, ...]]]:
    """(utterance, what the agent said after it), newest first; "" for what was said before any."""
    turns: list[tuple[list[str], list[str]]] = [([], [])]
    for item in items:
        if _is_message(item, "user") and text_of(item):
            if turns[-1][1] or not turns[-1][0]:
                turns.append(([], []))
            turns[-1][0].append(text_of(item))
        elif _is_message(item, "assistant") and text_of(item):
            turns[-1][1].append(text_of(item))
    return [(" ".join(heard), tuple(said)) for heard, said in reversed(turns)]


def text_of(item: Item) -> str:
    """The words of a message, spoken or written."""
    content = item.get("content")
    parts = (
        [part for part in content if isinstance(part, Mapping)] if isinstance(content, list | tuple) else []
    )
    words = [str(part.get("text") or part.get("transcript") or "") for part in parts]
    return " ".join(word.strip() for word in words if word.strip())


def _requested(
    item: Item, outputs: Mapping[str, str], pending: frozenset[str], over: AbstractSet[str]
) -> Requested:
    call_id = str(item.get("call_id"))
    waiting = call_id in pending or call_id not in outputs
    output = None if waiting else outputs[call_id]
    job = job_of(output or "")
    return Requested(call_id, str(item.get("name")), arguments_of(item), output, "" if job in over else job)


def arguments_of(item: Item) -> dict[str, object]:
    """A function call's arguments; none where they are no JSON object."""
    try:
        arguments = json.loads(str(item.get("arguments") or "{}"))
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def job_of(output: str) -> str:
    """The name of the work that a function call has only started; "" where its output is its result."""
    found = _STARTED.match(output)
    return found[1] if found else ""


def result_of(note: str) -> tuple[str, str] | None:
    """The name of the work that a system message brings the result of, and that result."""
    found = _RESULT.match(note)
    return (found[1], found[2]) if found else None


def _is_message(item: Item, role: str) -> bool:
    return item.get("type") == "message" and item.get("role") == role


def _is_output(item: Item) -> bool:
    return item.get("type") == "function_call_output"


def _answered(item: Item) -> str:
    return str(item.get("call_id")) if _is_output(item) else ""


def _last(items: Sequence[Item], wanted: Callable[[Item], bool]) -> int:
    return max((at for at, item in enumerate(items) if wanted(item)), default=-1)
