"""The function calls of a session, as a test wants to see them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jackfield.calls import Arguments, OutcomeKind
from jackfield.notices import CallFinished, CallHeard, CallReceived, CallStarted, Notice


@dataclass(frozen=True, slots=True)
class Call:
    """One function call. `arguments` are those that the tool was given, or, where it was not run, those that
    the model wrote (`{}` if they are no JSON object). `outcome` is None while it runs; `output` is what the
    model was told; `heard` is whether a response was begun that knows it."""

    id: str
    tool: str
    arguments: Arguments
    outcome: OutcomeKind | None = None
    output: str = ""
    heard: bool = False

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        told = f"{self.outcome.value}: {self.output}" if self.outcome else "running"
        return f"{self.tool}({given}) -> {told}"


class Calls(Mapping[str, Call]):
    """By the tool's name, the last call of each; `of` has all of them."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls

    def of(self, tool: str) -> list[Call]:
        """Every call of this tool, the first one first."""
        return [call for call in self._calls if call.tool == tool]

    @property
    def all(self) -> Sequence[Call]:
        return self._calls

    def __getitem__(self, tool: str) -> Call:
        found = self.of(tool)
        if not found:
            called = ", ".join(dict.fromkeys(call.tool for call in self._calls)) or "no tool at all"
            raise KeyError(f"{tool} was not called; called was {called}")
        return found[-1]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(call.tool for call in self._calls))

    def __len__(self) -> int:
        return len({call.tool for call in self._calls})

    def __repr__(self) -> str:
        return "<calls: " + ("; ".join(map(str, self._calls)) or "none") + ">"


def calls_in(notices: Sequence[Notice]) -> Calls:
    """What the notices tell of function calls, in the order in which they were received."""
    received = [each for each in notices if isinstance(each, CallReceived)]
    started = {each.call_id: each.arguments for each in notices if isinstance(each, CallStarted)}
    finished = {each.call_id: each for each in notices if isinstance(each, CallFinished)}
    heard = {each.call_id for each in notices if isinstance(each, CallHeard)}
    return Calls(
        [
            Call(
                each.call_id,
                each.tool,
                started.get(each.call_id, _read(each.arguments)),
                end.outcome if (end := finished.get(each.call_id)) else None,
                end.output if end else "",
                each.call_id in heard,
            )
            for each in received
        ]
    )


def _read(arguments: str) -> Arguments:
    try:
        value = json.loads(arguments or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
