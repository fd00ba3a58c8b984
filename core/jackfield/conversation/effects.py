"""What the conversation asks its session to do. Carried out in order; none of them is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from jackfield.calls import CallPolicy, Reply
from jackfield.conversation.inquiries import PutQuestion
from jackfield.notices import Notice
from jackfield.protocol.client_events import ClientEvent


@dataclass(frozen=True, slots=True)
class StartCall:
    """Run a function call and report by `Conversation.finish`, exactly once. `arguments` is raw JSON;
    `agreed` is whether the caller was asked about just this, and said yes."""

    call_id: str
    name: str
    arguments: str
    policy: CallPolicy
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class CancelCall:
    """Stop the work of a function call; its outcome is decided already."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Send:
    """Put this on the sideband."""

    event: ClientEvent


@dataclass(frozen=True, slots=True)
class Note:
    """Tell the observers."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Asking:
    """From here on the model has the tools to answer this question of a running tool; None: it has none."""

    question: PutQuestion | None


@dataclass(frozen=True, slots=True)
class Replied:
    """Tell the tool that asked what became of its question; exactly once for each that was taken in."""

    question_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class LoseLine:
    """The line is broken: listen to it no more."""


@dataclass(frozen=True, slots=True)
class WantLine:
    """The caller is to make a new line; `broken` is whether the one there was is gone."""

    reason: str
    broken: bool


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Go over to the new line now, then call `Conversation.moved`; `calmly` is whether nobody speaks."""

    reason: str
    calmly: bool


@dataclass(frozen=True, slots=True)
class Close:
    """End the session: it cannot go on, or, where nothing failed, it has come to its end."""

    reason: str
    failed: bool = True


Effect = StartCall | CancelCall | Send | Note | Asking | Replied | LoseLine | WantLine | MoveLine | Close
