"""A small exchange in memory: it answers every offer, and its lines say what a test tells them to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import count

from jackfield.calls import OutcomeKind
from jackfield.config import Config
from jackfield.errors import JackfieldError, ToolError
from jackfield.mcp.state import ServerStatus
from jackfield.notices import (
    AgentSaid,
    CallerSaid,
    CallFinished,
    CallReceived,
    ConfirmationAsked,
    ConfirmationSettled,
    Notice,
    SessionEnded,
    SessionOpened,
)
from jackfield.providers.guest import Guest, guest
from jackfield.session.timeline import Timeline

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
ANSWER = OFFER.replace("o=- 1", "o=- 2")

CONFIG = Config.model_validate(
    {
        "agents": {
            "receptionist": {"voice": "marin", "greeting": "Brightside Repairs, good morning."},
            "workshop": {"voice": "cedar", "turn_detection": {"type": "none"}},
            "manager": {"transfer": "sip:manager@example.com"},
        }
    }
)


class Ends:
    """The line of a session: every offer of another one is answered, the latest counts."""

    def __init__(self) -> None:
        self.number = 1
        self.caller_at = 1
        self.heartbeats = 0

    async def renew(self, offer: str) -> tuple[int, str]:
        self.number += 1
        return self.number, ANSWER

    def caller_is_at(self, number: int) -> bool:
        if number == self.number:
            self.caller_at = number
        return number == self.number

    def heartbeat(self) -> None:
        self.heartbeats += 1


class Line:
    """A session that answers what is typed with the same words, and is ended by a hang-up."""

    def __init__(self, exchange: Exchange, number: int, agent: str) -> None:
        self.id = f"session_{number}"
        self.agent = agent
        self.line = Ends()
        self._exchange = exchange
        self._record = Timeline()
        self._breaks = 0
        self._asked: dict[str, str] = {}
        self.answers: list[tuple[str, bool]] = []
        self.held: list[bool] = []
        self.note(SessionOpened(0.0, self.id, agent, "memory"))

    def note(self, notice: Notice) -> None:
        self._record.add(notice)

    async def timeline(self, start: int = 0) -> AsyncIterator[Notice]:
        breaks = self._breaks
        async for notice in self._record.read(start):
            if breaks != self._breaks:
                return
            yield notice

    def drop_readers(self) -> None:
        """What they would read next ends their stream, as a broken connection does."""
        self._breaks += 1

    async def say(self, text: str) -> None:
        self.note(CallerSaid(1.0, "item_1", text))
        self.note(AgentSaid(2.0, "item_2", f"You said: {text}"))

    def ask(self, at: float, call_id: str, tool: str, arguments: str) -> None:
        """A tool is called that needs a yes, and is not run."""
        self._asked[call_id] = tool
        self.note(CallReceived(at, call_id, tool, arguments))
        self.note(ConfirmationAsked(at, call_id, tool, arguments))
        self.note(CallFinished(at, call_id, tool, OutcomeKind.DENIED, "The caller must agree first.", 0.0))

    def settle(self, call_id: str, answer: str) -> None:
        self.note(ConfirmationSettled(20.0, call_id, self._asked.pop(call_id), answer))

    async def confirm(self, call_id: str, *, agreed: bool) -> bool:
        """A no settles it at once; a yes does when the tool is called again, which `settle` stands for."""
        self.answers.append((call_id, agreed))
        if call_id not in self._asked:
            return False
        if not agreed:
            self.settle(call_id, "refused")
        return True

    async def answer(self, question_id: str, values: Mapping[str, object] | None) -> bool:
        """Only shelf B is asked for, by `question_1`."""
        if values is not None and values != {"shelf": "B"}:
            raise ToolError("shelf must be B.")
        return question_id == "question_1"

    async def hold(self, *, held: bool) -> bool:
        """Only the workshop has a button."""
        self.held.append(held)
        return self.agent == "workshop"

    async def hang_up(self, reason: str) -> None:
        self.end(reason, failed=False)

    def end(self, reason: str, *, failed: bool) -> None:
        if self.id in self._exchange.sessions:
            del self._exchange.sessions[self.id]
            self.note(SessionEnded(30.0, reason, failed=failed))
            self._record.close()


class Exchange:
    """`fault`, if set, is what opening a session raises; `gate` holds openings back until it is set."""

    def __init__(self) -> None:
        self.config = CONFIG
        self.sessions: dict[str, Line] = {}
        self.servers: list[ServerStatus] = []
        self.guests: list[Guest] = []
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self._numbers = count(1)

    def mcp_servers(self) -> Sequence[ServerStatus]:
        return self.servers

    async def open_session(self, agent: str, offer: str) -> tuple[Line, str]:
        self.guests.append(guest())
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        line = Line(self, next(self._numbers), agent)
        self.sessions[line.id] = line
        return line, ANSWER


def refusing(fault: JackfieldError | Exception) -> Exchange:
    exchange = Exchange()
    exchange.fault = fault
    return exchange
