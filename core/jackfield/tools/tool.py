"""A tool, the context it is given, and the places tools come from."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from jackfield.caller import Caller
from jackfield.calls import Arguments, Inquiry, Json, Reply, ReplyKind
from jackfield.tools.cancelled import Cancelled

LOOP = "loop"
"""Runs as a coroutine on the tool loop, a thread of its own."""

THREAD = "thread"
"""Runs as a plain function in the bounded thread pool."""

HUB = "hub"
"""Runs as a coroutine on the loop of the MCP hub."""

OWN_LOOP = "own_loop"
"""Runs as a coroutine on a loop of its own, in a thread of its own: where a tool may block."""

PROCESS = "process"
"""Runs in a worker process, which may crash and can be killed."""


def nobody_to_ask(inquiry: Inquiry) -> Future[Reply]:
    """Where there is no caller: the inquiry is cancelled at once."""
    reply: Future[Reply] = Future()
    reply.set_result(Reply(ReplyKind.CANCELLED))
    return reply


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may know of the function call it serves.

    A function that wants it takes a parameter annotated `ToolContext`; the model never sees that
    parameter. `progress` may be called from any thread, as often as the tool likes. `tool` is the tool's
    qualified name and `settings` its plugin's section of agents.yaml. `seconds_left` is what the call has
    when the tool is entered. `cancelled` is set when nobody waits for the result any more: a coroutine is
    interrupted, a plain function that runs for long looks at `cancelled.is_set()` and returns. `agreed` is
    whether the caller was asked about just this call, and said yes. `ask` puts a question to the caller, from
    any thread, and the future has the reply; meanwhile the call's time stands still. Cancelling the future
    takes the question back. In a worker process there is nobody to ask. `caller` is who calls, as the network
    says, where the session is a call by phone.
    """

    call_id: str
    session_id: str
    agent: str
    seconds_left: float
    progress: Callable[[str], None] = field(default=lambda text: None, compare=False)
    tool: str = ""
    settings: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)
    cancelled: threading.Event = field(default_factory=Cancelled, compare=False, repr=False)
    agreed: bool = False
    ask: Callable[[Inquiry], Future[Reply]] = field(default=nobody_to_ask, compare=False, repr=False)
    caller: Caller | None = None
    _began: float = field(init=False, default_factory=time.monotonic, compare=False, repr=False)

    @property
    def deadline(self) -> float:
        """The moment at which the call's time is over, on the clock of `time.monotonic`."""
        return self._began + self.seconds_left

    @property
    def log(self) -> logging.Logger:
        """The tool's logger, `jackfield.tools.SOURCE.NAME`."""
        return logging.getLogger(f"jackfield.tools.{self.tool}" if self.tool else "jackfield.tools")

    @property
    def idempotency_key(self) -> str:
        """The same whenever the same function call is run again, and never otherwise: for services that
        recognise a repetition by it."""
        return f"{self.session_id}/{self.call_id}"


Invoke = Callable[[Arguments, ToolContext], Awaitable[Json] | Json]
"""Does the work. Returns a JSON-able value, or an awaitable of one where the tool runs on a loop."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing the model may ask for.

    `name` is qualified, `source.name`, whatever the source. `parameters` is a JSON Schema of type
    object. `runs_on` names the executor: `LOOP`, `THREAD` or `HUB` where nothing else is asked for.
    `read_only` and `idempotent` are claims of its author: such a tool may be run again after an accident.
    `per_session`: what it keeps belongs to one session, in this process; `plugin` brings it, if that is not
    its `source`.
    """

    name: str
    description: str
    parameters: Mapping[str, Json]
    invoke: Invoke
    runs_on: str
    source: str
    read_only: bool = False
    idempotent: bool = False
    per_session: bool = False
    plugin: str = ""

    @property
    def home(self) -> str:
        """The plugin that brings it; of the tools of an MCP server, the server."""
        return self.plugin or self.source

    def invoked_by(self, invoke: Invoke) -> Tool:
        """The same tool, invoked in another way. (`dataclasses.replace` takes ten times as long.)"""
        return Tool(
            self.name,
            self.description,
            self.parameters,
            invoke,
            self.runs_on,
            self.source,
            self.read_only,
            self.idempotent,
            self.per_session,
            self.plugin,
        )

    @property
    def repeatable(self) -> bool:
        """Whether running it twice does no harm."""
        return self.read_only or self.idempotent


class ToolSource(Protocol):
    """Anything that has tools: a plugin, an MCP server.

    `tools` is read whenever a catalogue is built and must not wait: a source that is not ready yet has
    none, and tells by its own means when that changes. `aside` says which tools it keeps back, and why.
    """

    @property
    def name(self) -> str: ...

    def tools(self) -> Sequence[Tool]: ...

    def aside(self) -> Mapping[str, str]: ...
