"""`calls`: how function calls are run and answered, in general and tool by tool."""

from __future__ import annotations

from pydantic import Field

from jackfield.calls import Deliver, Duplicates, Isolation, OnBargeIn
from jackfield.config.model import Model
from jackfield.config.values import Bytes, Seconds, SecondsOrNone


class CallLimits(Model):
    """What may be said about function calls. A key that is left out is decided one level further up."""

    timeout: Seconds | None = None
    """The longest a function call may take; after it the model is told, and the work is cancelled."""

    announce_after: SecondsOrNone = None
    """After this the agent says that it is still looking; `never` keeps it quiet."""

    deliver: Deliver | None = None
    """`when_quiet`: the agent speaks of the result as soon as nobody else speaks. `silent`: the model
    gets the result without speaking of it."""

    on_barge_in: OnBargeIn | None = None
    """What becomes of a running call when the caller interrupts: `keep` or `cancel`."""

    concurrency: int | None = Field(default=None, ge=1, le=1000)
    """How many calls of one tool may run at once; more wait in order."""

    retry: int | None = Field(default=None, ge=0, le=5)
    """How many more times a tool is tried after an accident (not when it says no), if it says of itself
    that it may be repeated."""

    duplicates: Duplicates | None = None
    """What becomes of a call while the same tool runs with the same arguments in the same session: `join`
    (it gets the same outcome), `reject` or `allow`."""

    result_limit: Bytes | None = None
    """The most of a result that the model is given; longer ones are cut."""

    confirm: bool | None = None
    """`true`: the tool runs only when the caller has agreed, aloud or by a button."""

    background: bool | None = None
    """`true`: the function call is answered at once, the work goes on, and its result is told when it is
    there."""

    isolation: Isolation | None = None
    """How far from the others a tool runs: `loop`, `thread` or `process`. Coroutines run in `loop` and plain
    functions in `thread` if nothing is said."""

    answer_within: Seconds | None = None
    """How long a question stands that a running tool puts to the caller; after it the tool is told that the
    caller does not answer. Meanwhile the tool's own time does not run."""


class CallsConfig(CallLimits):
    """The same for all tools, and exceptions for some."""

    tools: dict[str, CallLimits] = Field(default={})
    """Exceptions, by the name of a tool (`tickets.ask_supplier`) or a pattern (`tickets.*`)."""
