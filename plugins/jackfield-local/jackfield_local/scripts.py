"""Scripts that clients hand in: each is the mind of the sessions that name it as their model.

`POST /v1/jackfield/scripts` takes a script (YAML, see `minds/script.py`) and answers `{"model": NAME}`. A
session that is opened with that model follows that script, whatever the server's own mind is; tests that
share one server so have each a script, and faults, of their own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count

from jackfield_local.faults.fault import Door, Fault
from jackfield_local.minds.script import Script, ScriptMind, parse_script

MOST_SCRIPTS = 1000


class Scripts:
    """By the name of the model. When there are too many, the oldest is forgotten. `own` are the faults of
    sessions with any other model."""

    def __init__(self, own: Sequence[Fault] = ()) -> None:
        self._own = own
        self._scripts: OrderedDict[str, Script] = OrderedDict()
        self._numbers = count(1)

    def add(self, text: str) -> str:
        """The name of the model that follows this script. Raises `ScriptError`."""
        name = f"script-{next(self._numbers)}"
        self._scripts[name] = parse_script(text)
        if len(self._scripts) > MOST_SCRIPTS:
            self._scripts.popitem(last=False)
        return name

    def mind(self, model: str) -> ScriptMind | None:
        """Its mind; None for that of the server."""
        script = self._scripts.get(model)
        return ScriptMind(script) if script and (script.steps or script.otherwise) else None

    def faults(self, model: str) -> Sequence[Fault]:
        """What goes wrong in sessions with this model."""
        script = self._scripts.get(model)
        return self._own if script is None else script.faults

    def admit(self, door: Door, model: str) -> None:
        """Raises `Refusal` where a fault keeps the door shut."""
        for fault in self.faults(model):
            if (refusal := fault.at(door)) is not None:
                raise refusal
