"""What the HTTP face needs of the part that serves the lines.

`jackfield.runtime.Runtime` is an `Exchange` and `jackfield.session.Session` a `Line`; the face knows
no more of them than this, so it can be served by anything that keeps these promises.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from jackfield.config import Config
from jackfield.mcp.state import ServerStatus
from jackfield.notices import Notice
from jackfield.phone.incoming import IncomingCall


class Ends(Protocol):
    """The line of a live session, which may be changed for another one."""

    async def renew(self, offer: str) -> tuple[int, str]:
        """A new line for the caller's SDP offer: its number and the answer. Raises `ProviderError`."""

    def caller_is_at(self, number: int) -> bool:
        """The caller's end of the new line is connected; False if that is not the one that is made."""

    def heartbeat(self) -> None:
        """The caller is there."""


class Line(Protocol):
    """One live session."""

    @property
    def line(self) -> Ends: ...

    @property
    def id(self) -> str: ...

    @property
    def agent(self) -> str: ...

    def timeline(self, start: int = 0) -> AsyncIterator[Notice]:
        """Every notice from number `start` on, then live; ends after `SessionEnded`. Many may read."""

    async def say(self, text: str) -> None:
        """Put a typed message of the caller's into the conversation."""

    async def confirm(self, call_id: str, *, agreed: bool) -> bool:
        """The caller's answer to a `ConfirmationAsked`; False if that is not asked, or not any more."""

    async def answer(self, question_id: str, values: Mapping[str, object] | None) -> bool:
        """The caller's answer to a `QuestionAsked`, None for a no; False if that is not asked, or not any
        more. Raises `ToolError` for values that do not fit."""

    async def hold(self, *, held: bool) -> bool:
        """The caller presses the button to talk, or lets go of it; False where there is no such button."""

    async def hang_up(self, reason: str) -> None:
        """End the session; no error if it has ended."""


class Exchange(Protocol):
    """Opens sessions and knows the ones there are."""

    @property
    def config(self) -> Config: ...

    @property
    def sessions(self) -> Mapping[str, Line]: ...

    def mcp_servers(self) -> Sequence[ServerStatus]:
        """How every declared MCP server is."""

    def answer_call(self, call: IncomingCall, most: int) -> None:
        """A phone rings: it is answered or rejected, soon; as busy where there are `most` sessions already.
        Raises `KeyError` for a provider that is not used."""

    async def open_session(self, agent: str, offer: str) -> tuple[Line, str]:
        """A new session and the SDP answer for its caller. Raises `ConfigurationError` or `ProviderError`."""
