"""What the hooks around a function call are handed, and what they hand back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self

from jackfield.caller import Caller
from jackfield.calls import Arguments, Json


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function call, as hooks see it. `tool` is the qualified name (`tickets.close_ticket`), or what the
    model asked for where there is no such tool. `arguments` are a copy, after validation; empty where they
    could not be read. `read_only` and `idempotent` are what the tool's author claims; `agreed` is whether the
    caller was asked about just this call, and said yes."""

    id: str
    tool: str
    arguments: Arguments = field(default_factory=dict)
    read_only: bool = False
    idempotent: bool = False
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session that a function call belongs to. `agent` is the one that has the line; `caller` is there
    where the session is a call by phone."""

    id: str
    agent: str
    caller: Caller | None = None


class VerdictKind(Enum):
    """What `before_call` decided."""

    ALLOW = auto()
    DENY = auto()
    CONFIRM = auto()
    REPLACE_ARGUMENTS = auto()
    REPLACE_VALUE = auto()


_NOT_GIVEN = object()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a function call. Make one with `allow`, `deny`, `confirm` or `replace`."""

    kind: VerdictKind
    reason: str = ""
    arguments: Arguments | None = None
    value: Json = None

    @classmethod
    def allow(cls) -> Self:
        """The call runs, and no other plugin is asked. To have no opinion is to return None."""
        return cls(VerdictKind.ALLOW)

    @classmethod
    def deny(cls, reason: str) -> Self:
        """The tool is not run. `reason` is a sentence for the model, and so perhaps for the caller."""
        return cls(VerdictKind.DENY, reason=reason)

    @classmethod
    def confirm(cls, question: str) -> Self:
        """The tool is run only after the caller was asked `question` and said yes: by calling again with the
        same arguments after a turn of the caller, or by a button. No opinion on a call that was agreed to."""
        return cls(VerdictKind.CONFIRM, reason=question)

    @classmethod
    def replace(cls, *, arguments: Arguments | None = None, value: Json = _NOT_GIVEN) -> Self:
        """Either the tool is run with these `arguments`, which must fit its schema, or it is not run and
        this JSON-able `value` is its result. Raises `TypeError` unless exactly one of them is given."""
        if (arguments is None) == (value is _NOT_GIVEN):
            raise TypeError("Verdict.replace takes either arguments or a value")
        if arguments is not None:
            return cls(VerdictKind.REPLACE_ARGUMENTS, arguments=arguments)
        return cls(VerdictKind.REPLACE_VALUE, value=value)
