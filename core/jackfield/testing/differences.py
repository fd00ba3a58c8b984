"""What today's side says otherwise than the recorded one did. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from fnmatch import fnmatchcase

from jackfield.calls import Json

Event = Mapping[str, Json]

MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Difference:
    """`at` is the recording's time, `subject` what it is about, `recorded` and `today` what was said then and
    now; "" for nothing."""

    at: float
    subject: str
    recorded: str
    today: str

    def __str__(self) -> str:
        if "\n" in self.recorded or "\n" in self.today:
            lines = unified_diff(self.recorded.splitlines(), self.today.splitlines(), lineterm="", n=1)
            shown = "\n".join(f"    {line}" for line in list(lines)[2:])
        else:
            shown = f"    recorded: {_shown(self.recorded)}\n    today:    {_shown(self.today)}"
        return f"{self.at:7.2f} s  {self.subject}\n{shown}"


def _shown(text: str) -> str:
    return text[:MOST_SHOWN] if text else "(nothing)"


@dataclass(frozen=True, slots=True)
class FunctionCalls:
    """The recorded calls: by call id, the tool's name and how the call reads. What is `ignored` is not
    compared: outputs of tools, by name or glob, and, written `/REGEX/`, lines of instructions."""

    titles: Mapping[str, str]
    ignored: Sequence[str] = ()

    def kept(self, instructions: str) -> str:
        """The lines of instructions that are compared."""
        rules = [each[1:-1] for each in self.ignored if each.startswith("/") and each.endswith("/")]
        lines = instructions.splitlines()
        kept = [line for line in lines if not any(re.search(rule, line) for rule in rules)]
        return "".join(f"{line}\n" for line in kept)

    def subject(self, call_id: str) -> str:
        return f"the output of {self.titles.get(call_id, call_id)}"

    def ignores(self, call_id: str) -> bool:
        tool = self.titles.get(call_id, "").partition(" ")[0]
        return any(fnmatchcase(tool, pattern) for pattern in self.ignored)


def key(event: Event) -> tuple[str, ...]:
    """What two events have in common that answer the same need, then and now."""
    item = event.get("item")
    if isinstance(item, Mapping):
        return ("item", str(item.get("type")), str(item.get("call_id") or item.get("role")))
    return (str(event.get("type")),)


def described(event: Event, calls: FunctionCalls) -> str:
    """What an event is, for a person."""
    match key(event):
        case ("item", "function_call_output", call_id):
            return calls.subject(call_id)
        case ("item", _, role):
            return f"a message as {role}"
        case ("response.create",):
            return "a response is asked for"
        case ("session.update",):
            return "the session is changed"
        case kind:
            return " ".join(kind)


def between(then: Event, now: Event, at: float, calls: FunctionCalls) -> Iterator[Difference]:
    """Two events of the same key."""
    match key(then):
        case ("item", "function_call_output", call_id):
            if not calls.ignores(call_id):
                yield from _texts(calls.subject(call_id), at, _item(then, "output"), _item(now, "output"))
        case ("item", _, role):
            yield from _texts(f"a message as {role}", at, _item(then, "content"), _item(now, "content"))
        case ("response.create",):
            yield from _texts("what a response is to say", at, _response(then), _response(now))
        case ("session.update",):
            yield from sessions(_mapping(then.get("session")), _mapping(now.get("session")), calls, at)


def sessions(then: Event, now: Event, calls: FunctionCalls, at: float = 0.0) -> Iterator[Difference]:
    """Two session objects, in what an agent is made of."""
    instructions = [calls.kept(str(each.get("instructions") or "")) for each in (then, now)]
    yield from _texts("the instructions", at, *instructions)
    before, after = _tools(then), _tools(now)
    for name in [*before, *(each for each in after if each not in before)]:
        yield from _texts(f"the tool {name}", at, before.get(name, ""), after.get(name, ""))
    voices = [_mapping(_mapping(each.get("audio")).get("output")).get("voice") for each in (then, now)]
    yield from _texts("the voice", at, *(str(voice or "") for voice in voices))


def _texts(subject: str, at: float, then: str, now: str) -> Iterator[Difference]:
    if then != now:
        yield Difference(at, subject, then, now)


def _item(event: Event, name: str) -> str:
    value = _mapping(event.get("item")).get(name)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _response(event: Event) -> str:
    """What we ask for; the session's own instructions before it are compared elsewhere."""
    return str(_mapping(event.get("response")).get("instructions") or "").rpartition("\n\n")[2]


def _tools(session: Event) -> dict[str, str]:
    tools = session.get("tools")
    listed = tools if isinstance(tools, Sequence) else ()
    return {
        str(tool.get("name")): json.dumps(tool, sort_keys=True, ensure_ascii=False)
        for tool in listed
        if isinstance(tool, Mapping)
    }


def _mapping(value: object) -> Event:
    return value if isinstance(value, Mapping) else {}
