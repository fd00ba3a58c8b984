"""What the Realtime service says, as far as anybody here listens.

One frozen class for each fact, not for each wire name: the preview spelling of an event and its GA
spelling are the same fact. Fields that the wire may leave out have defaults, and a default always means
"not said".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jackfield.calls import Json
from jackfield.protocol.usage import Usage


@dataclass(frozen=True, slots=True)
class Item:
    """A conversation item, in the parts that matter to a control leg; `text` is words, or an output."""

    id: str
    type: str
    role: str = ""
    status: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    text: str = ""

    @property
    def is_complete_function_call(self) -> bool:
        """Only such a one may be run: arguments of an incomplete one may be half a sentence (§4.4)."""
        return self.type == "function_call" and self.status == "completed" and bool(self.call_id)


@dataclass(frozen=True, slots=True)
class SessionDescribed:
    """`session.created` or `session.updated`: the effective session object."""

    session: Mapping[str, Json]
    updated: bool


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    item_id: str


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    item_id: str


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """An item entered the default conversation, behind the item `previous_id`; "" where that is not told, or
    there is none."""

    item: Item
    previous_id: str = ""


@dataclass(frozen=True, slots=True)
class ItemBegun:
    """A response begins to make an item."""

    item: Item
    response_id: str


@dataclass(frozen=True, slots=True)
class ItemRetrieved:
    """The answer to a question for an item."""

    item: Item


@dataclass(frozen=True, slots=True)
class ItemDone:
    """An item is final, in the conversation or as an output of a response."""

    item: Item
    response_id: str = ""


@dataclass(frozen=True, slots=True)
class CallerTranscribed:
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class KeyReceived:
    """The caller pressed a key of their phone (`dtmf_event_received`): 0 to 9, *, #, A to D."""

    key: str


@dataclass(frozen=True, slots=True)
class TranscriptDelta:
    """A further piece of what the model says, as text."""

    item_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class TranscriptDone:
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    """`out_of_band` responses do not write to the conversation and do not count as heard by anybody.

    `request_id` is the `event_id` of our `ResponseCreate` if this is the answer to one.
    """

    response_id: str
    out_of_band: bool = False
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """The end of a response, whatever became of it.

    `reason` is the service's (`turn_detected`, `max_output_tokens`, …); `code` and `message` are those of
    the error of a failed one. `calls` are the function calls among its output; `usage` is None if not told.
    """

    response_id: str
    status: str = "completed"
    reason: str = ""
    code: str = ""
    message: str = ""
    out_of_band: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[Item, ...] = ()
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    response_id: str


@dataclass(frozen=True, slots=True)
class PlaybackStopped:
    """All was played, or, when `cleared`, the rest was dropped."""

    response_id: str
    cleared: bool


@dataclass(frozen=True, slots=True)
class ErrorReported:
    """An `error` event. `event_id` is that of the client event at fault, "" where none is named."""

    code: str
    message: str
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything else, malformed things included. `type` is the wire's name, "" where there is none."""

    type: str


ServerEvent = (
    SessionDescribed
    | SpeechStarted
    | SpeechStopped
    | ItemAdded
    | ItemBegun
    | ItemRetrieved
    | ItemDone
    | CallerTranscribed
    | KeyReceived
    | TranscriptDelta
    | TranscriptDone
    | ResponseCreated
    | ResponseDone
    | PlaybackStarted
    | PlaybackStopped
    | ErrorReported
    | Unknown
)
