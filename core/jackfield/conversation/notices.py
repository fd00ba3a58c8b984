"""Notices about a session that outlives those of the service: its lines, its end, what it costs. And about
one that is a call by phone."""

from __future__ import annotations

from dataclasses import dataclass

from jackfield.notices import Notice


@dataclass(frozen=True, slots=True)
class LineWanted(Notice):
    """The caller's side is asked for a new line, by an SDP offer: the session at the provider ends soon, or
    (`broken`) is gone. Until the line has changed, the caller stays where it is."""

    reason: str
    broken: bool


@dataclass(frozen=True, slots=True)
class LineChanged(Notice):
    """The session has gone over to the new line `number` (1 is the one it began with): from now on the caller
    speaks there. It is at a session of `provider`'s that was told everything."""

    number: int
    provider: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionDiffers(Notice):
    """The service says that the session is not what it was asked to be: `field` is a path in the session
    object (`audio.input.turn_detection.type`), and what was `asked` and what is `given` are its values."""

    field: str
    asked: str
    given: str


@dataclass(frozen=True, slots=True)
class UsageCounted(Notice):
    """A response took `input_tokens` of the model's `window` (0 if that is not known) and made
    `output_tokens`. `cost` is that of the session so far, by the prices in agents.yaml."""

    response_id: str
    input_tokens: int
    output_tokens: int
    window: int
    cost: float


@dataclass(frozen=True, slots=True)
class ConversationShortened(Notice):
    """The model's memory was nearly full, at `tokens`: its `items` oldest items were taken out, and a summary
    put in their place."""

    items: int
    tokens: int


@dataclass(frozen=True, slots=True)
class KeyPressed(Notice):
    """The caller pressed a key of their phone: 0 to 9, *, #, A to D."""

    key: str


@dataclass(frozen=True, slots=True)
class KeysEntered(Notice):
    """The caller pressed these keys, and then `#` or none for a while; the model is told of them."""

    item_id: str
    keys: str
