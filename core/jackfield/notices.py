"""Notices: facts about a session, for whoever watches it.

The conversation and the session make them; the timeline page, the terminal, telemetry and (later) the
ledger read them. A notice never asks for anything, and nothing waits for its readers. `at` is seconds
on the session's own clock, which starts at 0 when the session is opened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from re import sub

from jackfield.calls import Arguments, OutcomeKind


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact and the moment at which it became known."""

    at: float

    @property
    def type(self) -> str:
        """The name on the wire: `CallFinished` is `call_finished`."""
        return sub(r"(?<!^)(?=[A-Z])", "_", self.__class__.__name__).lower()

    def as_dict(self) -> dict[str, object]:
        """The notice as JSON-able data: `type`, `at`, and its own fields."""
        return {"type": self.type, **asdict(self)}


# --- the line -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionOpened(Notice):
    """`caller` is the end of the number of who calls by phone, `…000`; "" in other sessions."""

    session_id: str
    agent: str
    provider: str
    caller: str = ""


@dataclass(frozen=True, slots=True)
class SidebandConnected(Notice):
    """The control leg is up: from now on function calls are seen."""


@dataclass(frozen=True, slots=True)
class SessionEnded(Notice):
    """`reason` is a sentence; `failed` tells an accident from a hang-up."""

    reason: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Trouble(Notice):
    """Something went wrong and the session goes on; `message` says what, for a person."""

    message: str


@dataclass(frozen=True, slots=True)
class HandedOff(Notice):
    from_agent: str
    to_agent: str


@dataclass(frozen=True, slots=True)
class TransferWanted(Notice):
    """The caller is to be passed on to a person at this `sip:` or `tel:` address. A phone call is referred
    by the provider; in a browser somebody who watches has to do it."""

    to: str
    address: str


@dataclass(frozen=True, slots=True)
class ToolsChanged(Notice):
    """The model's tools were replaced while the session lives; `tools` are the names it now has."""

    tools: list[str] = field(default_factory=list)


# --- who speaks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallerStartedSpeaking(Notice):
    pass


@dataclass(frozen=True, slots=True)
class CallerStoppedSpeaking(Notice):
    pass


@dataclass(frozen=True, slots=True)
class CallerSaid(Notice):
    """What the caller said, as transcribed, or typed."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AgentSaying(Notice):
    """A further piece of what the agent is saying."""

    item_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class AgentSaid(Notice):
    """All of what the agent said in one item, as far as it was generated."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AgentStartedSpeaking(Notice):
    """Sound goes out to the caller (`output_audio_buffer.started`)."""

    response_id: str


@dataclass(frozen=True, slots=True)
class AgentStoppedSpeaking(Notice):
    """The last sound was played, or was cut off by the caller (`interrupted`)."""

    response_id: str
    interrupted: bool


@dataclass(frozen=True, slots=True)
class ResponseStarted(Notice):
    response_id: str


@dataclass(frozen=True, slots=True)
class ResponseFinished(Notice):
    """`status` is the provider's: completed, cancelled, incomplete, failed.

    `metadata` is the provider's too; the embedded one puts the parts of its latency there.
    """

    response_id: str
    status: str
    reason: str
    metadata: dict[str, str]


# --- function calls -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallReceived(Notice):
    call_id: str
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True)
class CallStarted(Notice):
    """The tool was entered with these, validated, arguments."""

    call_id: str
    tool: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class CallProgressed(Notice):
    call_id: str
    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class CallJoined(Notice):
    """The same is running already, for the function call `other`; its outcome will be that one's."""

    call_id: str
    tool: str
    other: str


@dataclass(frozen=True, slots=True)
class CallRetried(Notice):
    """An accident befell the tool, and it is tried again after `pause` seconds; `attempt` is 2 for the
    first time, `reason` names the kind of accident."""

    call_id: str
    tool: str
    attempt: int
    pause: float
    reason: str


@dataclass(frozen=True, slots=True)
class CallFinished(Notice):
    """The outcome is known and its output is on its way to the model; `seconds` since it was received."""

    call_id: str
    tool: str
    outcome: OutcomeKind
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ConfirmationAsked(Notice):
    """A tool waits for the caller's yes: `tool` would be run with `arguments` (JSON)."""

    call_id: str
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ConfirmationSettled(Notice):
    """`answer` to the question of this `call_id`: agreed, refused, or expired."""

    call_id: str
    tool: str
    answer: str


@dataclass(frozen=True, slots=True)
class QuestionAsked(Notice):
    """A running tool wants to know something of the caller, who is being asked: `text`, for people. `schema`
    is a JSON Schema of what is to be answered; with `url` it is a page that the caller may open, and a yes.
    """

    question_id: str
    call_id: str
    tool: str
    text: str
    schema: Arguments
    url: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Notice):
    """`answer` is what became of the question: accepted, declined, expired, or withdrawn by the tool."""

    question_id: str
    call_id: str
    tool: str
    answer: str


@dataclass(frozen=True, slots=True)
class CallHeard(Notice):
    """A response was begun that knows the output."""

    call_id: str
    response_id: str


# --- tools --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToolBlocked(Notice):
    """A tool does not let go of the event loop that it shares with others; calls behind it move on.

    `source` is the plugin; `where` is the line it stands on; `seconds` is for how long when it was seen.
    Told to every session that has a call on that loop.
    """

    tool: str
    source: str
    where: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ToolIsolated(Notice):
    """A tool has blocked its loop too often: until the runtime ends, each of its calls has its own."""

    tool: str
    source: str
