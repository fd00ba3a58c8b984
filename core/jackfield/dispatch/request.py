"""One function call of the model, as the dispatcher reports on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jackfield.calls import Arguments, Outcome
from jackfield.tools.tool import Tool, ToolContext


@dataclass(frozen=True, slots=True)
class Retried:
    """An accident befell the tool, and it is tried again after `pause` seconds; `attempt` is 2 for the
    first time, `reason` names the kind of accident and nothing secret."""

    attempt: int
    pause: float
    reason: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The same is running already, for the function call `other`; its outcome will be that one's."""

    other: str


@dataclass(frozen=True, slots=True)
class AgreementWanted:
    """A plugin wants the caller's yes first; `question` is a sentence. The call ends as denied."""

    question: str


Happening = Retried | Joined | AgreementWanted

Entered = Callable[[str, Arguments], None]
Finished = Callable[[str, Outcome], None]
Happened = Callable[[str, Happening], None]


def ignored(call_id: str, happening: Happening) -> None:
    """For those who do not watch."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the model asked for: `tool` is None for a `name` that there is not, `arguments` are as it sent
    them."""

    tool: Tool | None
    name: str
    arguments: str
    context: ToolContext


@dataclass(eq=False, slots=True)
class Request:
    """The function call's id, and whom to tell of it. `finished` is called once, and last."""

    id: str
    entered: Entered
    finished: Finished
    happened: Happened = ignored
