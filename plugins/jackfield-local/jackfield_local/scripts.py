"""Scripts that clients hand in: each is the mind of the sessions that name it as their model.

`POST /v1/jackfield/scripts` takes a script (YAML, see `minds/script.py`) and answers `{"model": NAME}`. A
session that is opened with that model follows that script, whatever the server's own mind is; tests that
share one server so have each a script of their own.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import count

from jackfield_local.minds.script import ScriptMind, parse_script

MOST_SCRIPTS = 1000


class Scripts:
    """By the name of the model. When there are too many, the oldest is forgotten."""

    def __init__(self) -> None:
        self._minds: OrderedDict[str, ScriptMind] = OrderedDict()
        self._numbers = count(1)

    def add(self, text: str) -> str:
        """The name of the model that follows this script. Raises `ScriptError`."""
        name = f"script-{next(self._numbers)}"
        self._minds[name] = ScriptMind(parse_script(text))
        if len(self._minds) > MOST_SCRIPTS:
            self._minds.popitem(last=False)
        return name

    def mind(self, model: str) -> ScriptMind | None:
        return self._minds.get(model)
