"""The state machines, as tables. `docs/explanation/conversation.md` is drawn from them.

Three machines tell who holds the floor; a fourth follows each thing of ours into the conversation. A
pair that is not in a table changes nothing: the service may send anything at any time.
"""

from __future__ import annotations

from enum import Enum


class Label(Enum):
    """What the tables are written with. Each is the only one of its kind and is known by identity: the hash
    of an `Enum` is a Python function, and a look into a table would call it twice."""

    __hash__ = object.__hash__


class User(Label):
    """Whether the caller is speaking (the service's voice detection)."""

    SILENT = "silent"
    SPEAKING = "speaking"


class Playback(Label):
    """Whether sound goes out to the caller (WebRTC: `output_audio_buffer.*`, §4.6)."""

    QUIET = "quiet"
    PLAYING = "playing"


class Response(Label):
    """What the service is doing about the one response that may write to the conversation."""

    NONE = "none"
    REQUESTED = "requested"  # we asked, and the service has not said yes or no
    EXPECTED = "expected"  # the service will answer the caller's turn unasked, or is busy unseen
    ACTIVE = "active"
    CROSSED = "crossed"  # active, but not the one we asked for: the answer to our request is still to come
    YIELDING = "yielding"  # active still, and the caller's next turn has ended: one more will follow
    AWAY = "away"  # the sideband is lost: nobody can ask, and nobody knows
    UNSURE = "unsure"  # something may have happened unseen; the service was asked where it stands


class Signal(Label):
    """What can happen to the response machine."""

    ASKED = "we send response.create"
    TURN_ENDED = "speech_stopped"
    ANSWERED = "response.created, ours"
    CREATED = "response.created, not ours"
    DONE = "response.done"
    BUSY = "error: already has active response"
    REFUSED = "error: any other"
    OVERDUE = "patience ends"
    LOST = "sideband lost"
    BACK = "sideband is there"
    CERTAIN = "nothing is under way"
    ENGAGED = "found busy"


class Stage(Label):
    """How far a thing of ours (a function call's output, a typed message) has come."""

    RUNNING = "running"  # a function call only: received, no output yet
    SENT = "sent"
    REPEATED = "repeated"  # sent again after the sideband was lost: it may have arrived before
    ADDED = "added"  # the service announced the item: later responses know it
    HEARD = "heard"  # a response was begun that knows it
    REFUSED = "refused"  # the service does not take it


class Step(Label):
    """What can happen to a thing of ours."""

    ANSWERED = "output sent"
    AGAIN = "sent again"
    ANNOUNCED = "conversation.item.added"
    RESPONDED = "response.created"
    DECLINED = "error naming it"
    GIVEN_UP = "asked for in vain"
    OVERHEARD = "a response to it was made unseen"
    MOVED = "sent to a new session"


RESPONSE: dict[tuple[Response, Signal], Response] = {
    (Response.NONE, Signal.ASKED): Response.REQUESTED,
    (Response.NONE, Signal.TURN_ENDED): Response.EXPECTED,
    (Response.NONE, Signal.CREATED): Response.ACTIVE,
    (Response.NONE, Signal.ANSWERED): Response.ACTIVE,
    (Response.REQUESTED, Signal.ANSWERED): Response.ACTIVE,
    (Response.REQUESTED, Signal.CREATED): Response.CROSSED,
    (Response.REQUESTED, Signal.BUSY): Response.EXPECTED,
    (Response.REQUESTED, Signal.REFUSED): Response.NONE,
    (Response.REQUESTED, Signal.OVERDUE): Response.UNSURE,
    (Response.CROSSED, Signal.ANSWERED): Response.ACTIVE,
    (Response.CROSSED, Signal.BUSY): Response.ACTIVE,
    (Response.CROSSED, Signal.REFUSED): Response.ACTIVE,
    (Response.CROSSED, Signal.DONE): Response.REQUESTED,
    (Response.EXPECTED, Signal.CREATED): Response.ACTIVE,
    (Response.EXPECTED, Signal.ANSWERED): Response.ACTIVE,
    (Response.EXPECTED, Signal.DONE): Response.NONE,
    (Response.EXPECTED, Signal.OVERDUE): Response.NONE,
    (Response.ACTIVE, Signal.TURN_ENDED): Response.YIELDING,
    (Response.ACTIVE, Signal.DONE): Response.NONE,
    (Response.YIELDING, Signal.CREATED): Response.ACTIVE,
    (Response.YIELDING, Signal.ANSWERED): Response.ACTIVE,
    (Response.YIELDING, Signal.DONE): Response.EXPECTED,
    (Response.NONE, Signal.LOST): Response.AWAY,
    (Response.REQUESTED, Signal.LOST): Response.AWAY,
    (Response.EXPECTED, Signal.LOST): Response.AWAY,
    (Response.ACTIVE, Signal.LOST): Response.AWAY,
    (Response.CROSSED, Signal.LOST): Response.AWAY,
    (Response.YIELDING, Signal.LOST): Response.AWAY,
    (Response.AWAY, Signal.BACK): Response.UNSURE,
    (Response.UNSURE, Signal.CERTAIN): Response.NONE,
    (Response.UNSURE, Signal.ENGAGED): Response.EXPECTED,
    (Response.UNSURE, Signal.TURN_ENDED): Response.EXPECTED,
    (Response.UNSURE, Signal.CREATED): Response.ACTIVE,
    (Response.UNSURE, Signal.ANSWERED): Response.ACTIVE,
    (Response.UNSURE, Signal.BUSY): Response.EXPECTED,
    (Response.UNSURE, Signal.REFUSED): Response.NONE,
    (Response.UNSURE, Signal.OVERDUE): Response.NONE,
    (Response.UNSURE, Signal.LOST): Response.AWAY,
}

PATIENCE: dict[Response, float] = {Response.REQUESTED: 3.0, Response.EXPECTED: 3.0, Response.UNSURE: 10.0}
"""Seconds after which a state that waits for the service is left by `OVERDUE`: an event was lost, or the
service does not echo metadata. Whoever is unsure has asked something that any service answers, and in order:
as long as it does not, everything is late, and nothing lost."""

STAGE: dict[tuple[Stage, Step], Stage] = {
    (Stage.RUNNING, Step.ANSWERED): Stage.SENT,
    (Stage.SENT, Step.ANNOUNCED): Stage.ADDED,
    (Stage.SENT, Step.DECLINED): Stage.REFUSED,
    (Stage.SENT, Step.GIVEN_UP): Stage.HEARD,
    (Stage.SENT, Step.OVERHEARD): Stage.HEARD,
    (Stage.SENT, Step.AGAIN): Stage.REPEATED,
    (Stage.REPEATED, Step.ANNOUNCED): Stage.ADDED,
    (Stage.REPEATED, Step.DECLINED): Stage.ADDED,  # for the service has it already
    (Stage.REPEATED, Step.GIVEN_UP): Stage.HEARD,
    (Stage.REPEATED, Step.OVERHEARD): Stage.HEARD,
    (Stage.SENT, Step.MOVED): Stage.SENT,
    (Stage.REPEATED, Step.MOVED): Stage.SENT,
    (Stage.ADDED, Step.MOVED): Stage.SENT,
    (Stage.ADDED, Step.RESPONDED): Stage.HEARD,
    (Stage.ADDED, Step.GIVEN_UP): Stage.HEARD,
    (Stage.ADDED, Step.OVERHEARD): Stage.HEARD,
}
