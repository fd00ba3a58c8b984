"""The agent's part, written down: when the caller says X, call tool Y, then say Z.

script=[
    when("time", "lima").says("Let me look.").calls("clock.now", city="Lima").then("{output}"),
    when("goodbye").says("Goodbye."),
    otherwise().says("Pardon?"),
]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from jackfield.calls import Json
from jackfield.tools.wire import wire_name


@dataclass(frozen=True, slots=True)
class Cue:
    """One step. Each method returns a new one that does this as well."""

    condition: Mapping[str, Json]
    spoken: str = ""
    called: Sequence[Mapping[str, Json]] = ()
    after: str = ""
    fault: Mapping[str, Json] = field(default_factory=dict)
    is_last: bool = False

    def says(self, words: str) -> Self:
        """Say this, before any function call. `{heard}` is what the caller said."""
        return replace(self, spoken=words)

    def calls(self, tool: str, **arguments: Json) -> Self:
        """Call this tool (`clock.now`, or a name as it is on the wire, for handoffs); several of them run
        side by side."""
        call: dict[str, Json] = {"name": wire_name(tool), "arguments": arguments}
        return replace(self, called=[*self.called, call])

    def then(self, words: str) -> Self:
        """Say this when an output is there; `{output}` is its text."""
        return replace(self, after=words)

    def fails(self, message: str = "the model is down") -> Self:
        """The response fails; nothing else of this cue happens. It is asked for once more. `message` is for
        the server's log."""
        return replace(self, fault={**self.fault, "fail": message})

    def late(self, seconds: float) -> Self:
        """Only after so many seconds of real time."""
        return replace(self, fault={**self.fault, "delay": seconds})

    def once(self) -> Self:
        """The first time only; the next cue that fits is used after that."""
        return replace(self, fault={**self.fault, "once": True})

    def steps(self) -> list[dict[str, Json]]:
        """As the embedded server's script mind has it."""
        does: dict[str, Json] = {"say": self.spoken} if self.spoken else {}
        if self.called:
            does["call"] = list(self.called)
        told = [{"output": call["name"], "say": self.after} for call in self.called] if self.after else []
        return [{**self.condition, **self.fault, **does}, *told]


def when(*words: str) -> Cue:
    """When all of these words (or phrases) occur in what the caller said."""
    return Cue({"hear": list(words)})


def at_start() -> Cue:
    """When the agent is asked to speak before the caller has said anything."""
    return Cue({"start": True})


def otherwise() -> Cue:
    """When nothing else fits."""
    return Cue({}, is_last=True)


Fault = str | Mapping[str, Json]
"""A fault of the embedded server: its name, or what `fault` makes of it."""


def fault(name: str, **settings: Json) -> Fault:
    """What the service does wrong, with its settings: `fault("late_created", seconds=2)`."""
    return {name: settings}


def written(cues: Sequence[Cue] | None, faults: Sequence[Fault] = ()) -> str:
    """The script as the embedded server takes it (JSON is YAML). What tools return and no cue speaks about
    is said as it is; without cues, the server's own rules decide."""
    wrong: dict[str, Json] = {"faults": list(faults)} if faults else {}
    return json.dumps({**wrong, **({} if cues is None else _steps(cues))})


def _steps(cues: Sequence[Cue]) -> dict[str, Json]:
    steps = [step for cue in cues if not cue.is_last for step in cue.steps()]
    spoken = {step.get("output") for step in steps}
    tools = {str(call["name"]) for cue in cues for call in cue.called}
    steps += [{"output": name, "say": "{output}"} for name in sorted(tools - spoken)]
    last = [step for cue in cues if cue.is_last for step in cue.steps()]
    script: dict[str, Json] = {"steps": steps or [{"start": True, "say": "Hello."}]}
    return {**script, "otherwise": last[0]} if last else script
