"""What can be said about one function call: how it may run, and how it ended.

Both are plain facts without behaviour of their own, so that the pure conversation, the dispatcher and
agents.yaml speak of the same thing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Json = object
"""A value that `json.dumps` takes. Narrow it before use."""

Arguments = Mapping[str, Json]
"""A function call's arguments, after JSON decoding and validation against the tool's schema."""


class Deliver(StrEnum):
    """When the model may speak about an output."""

    WHEN_QUIET = "when_quiet"
    SILENT = "silent"


class OnBargeIn(StrEnum):
    """What becomes of a running call when the caller speaks over the agent."""

    KEEP = "keep"
    CANCEL = "cancel"


class Duplicates(StrEnum):
    """What becomes of a call while the same tool runs with the same arguments in the same session."""

    JOIN = "join"  # it is not run, and gets the outcome of the one that runs
    REJECT = "reject"
    ALLOW = "allow"


class Isolation(StrEnum):
    """How far from the others a tool runs."""

    LOOP = "loop"  # a coroutine among others, on one event loop
    THREAD = "thread"  # a thread of its own; a coroutine has an event loop of its own there
    PROCESS = "process"  # a worker process, which may crash and can be killed


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """How one tool's function calls are run and answered. Times are seconds, sizes are bytes; `retry` is
    how many more times a tool that may be repeated is tried after an accident; `isolation` None is `loop`
    for coroutines and `thread` for plain functions; `answer_within` is how long a question stands that the
    running tool puts to the caller, for which time `timeout` does not run."""

    timeout: float = 20.0
    announce_after: float | None = 2.0
    deliver: Deliver = Deliver.WHEN_QUIET
    on_barge_in: OnBargeIn = OnBargeIn.KEEP
    concurrency: int = 8
    retry: int = 0
    duplicates: Duplicates = Duplicates.JOIN
    result_limit: int = 8 * 1024
    confirm: bool = False
    background: bool = False
    isolation: Isolation | None = None
    answer_within: float = 60.0


NOTHING_TO_FILL_IN: Mapping[str, Json] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a running tool wants to know of the caller. `message` is the question, for people; `schema` is
    a JSON Schema of type object, whose properties are what is to be answered, none of them nested. With
    `url` it is a page that the caller is asked to open: a yes, and nothing else, is the answer."""

    message: str
    schema: Mapping[str, Json] = field(default_factory=lambda: NOTHING_TO_FILL_IN)
    url: str = ""


class ReplyKind(StrEnum):
    """What became of an inquiry."""

    ACCEPTED = "accepted"
    DECLINED = "declined"  # the caller does not want to answer, or did not in time
    CANCELLED = "cancelled"  # nobody decided: the line or the function call ended, or nobody could be asked


@dataclass(frozen=True, slots=True)
class Reply:
    """`values` fit the inquiry's schema; they are there only when it was accepted."""

    kind: ReplyKind
    values: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that a tool returns for the model to look at: `image/png` or `image/jpeg`."""

    data: bytes = field(repr=False)
    media_type: str = "image/png"


class OutcomeKind(StrEnum):
    """How a function call ended."""

    VALUE = "value"
    ERROR = "error"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    DENIED = "denied"
    UNKNOWN = "unknown"  # it was started, and nobody can say whether it took effect


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a function call ended, and what the model is told about it.

    `value` is JSON-able and set only for VALUE; `message` is a sentence for the model and set for all
    other kinds. `images` come after the output. `handle` is set where the value was cut: the rest of it
    can be read by that name. `links` are addresses in it that can be read.
    """

    kind: OutcomeKind
    value: Json = None
    message: str = ""
    images: tuple[Image, ...] = ()
    handle: str = ""
    links: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        """The text of the `function_call_output` item: the value as it is, or the failure as JSON."""
        if self.kind is OutcomeKind.VALUE:
            return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)
        return json.dumps({"error": self.kind.value, "message": self.message}, ensure_ascii=False)
