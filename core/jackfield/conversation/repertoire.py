"""What the agent of the moment can do: all that the conversation needs to know of it."""

from __future__ import annotations

from typing import Protocol

from jackfield.calls import CallPolicy


class Repertoire(Protocol):
    """Asked with the name of a tool as it stands on the wire, which may be one that nobody has."""

    @property
    def instructions(self) -> str:
        """The session's instructions, which a response with instructions of its own must repeat (§3.3)."""

    def policy(self, wire_name: str) -> CallPolicy:
        """How its function calls are run and answered; the defaults for a tool that nobody has."""

    def title(self, wire_name: str) -> str:
        """The name that people know it by, `source.name`."""
