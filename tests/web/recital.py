"""A line that plays a scene: a real WebRTC answer with a tone in it, and the notices of a whole call."""

from __future__ import annotations

import asyncio
from itertools import count

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame

from jackfield.calls import OutcomeKind
from jackfield.notices import (
    AgentSaid,
    AgentSaying,
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerSaid,
    CallerStartedSpeaking,
    CallerStoppedSpeaking,
    CallFinished,
    CallHeard,
    CallJoined,
    CallProgressed,
    CallReceived,
    CallRetried,
    CallStarted,
    ConfirmationAsked,
    HandedOff,
    Notice,
    ResponseFinished,
    ResponseStarted,
    SidebandConnected,
    ToolBlocked,
    ToolIsolated,
    ToolsChanged,
    TransferWanted,
    Trouble,
)

from .switchroom import Exchange, Line

ASKED = "What time is it in Lima, and is ticket ten forty-two ready?"
WAITING = "One moment, I am looking that up."
TICKET = (
    "Ticket 1042, Ada Lopez's ThinkPad X1 Carbon, is waiting for a new screen. It is promised for Thursday."
)
ANSWERED = f"In Lima it is five to two in the afternoon. {TICKET}"
PARTS = {
    "jackfield_end_of_turn_ms": "320",
    "jackfield_recognition_ms": "64",
    "jackfield_mind_ms": "18",
    "jackfield_synthesis_ms": "27",
}


def said(at: float, item: str, text: str) -> list[Notice]:
    """A sentence of the agent's, as it comes in."""
    words = text.split(" ")
    pieces = [AgentSaying(at + 0.03 * n, item, word + " ") for n, word in enumerate(words)]
    return [*pieces, AgentSaid(at + 0.03 * len(words), item, text)]


def answer_to_two_questions() -> list[Notice]:
    return [
        CallerStartedSpeaking(2.9),
        CallerStoppedSpeaking(6.1),
        CallerSaid(6.2, "item_1", ASKED),
        CallReceived(6.24, "call_1", "clock.now", '{"city": "Lima"}'),
        CallReceived(6.25, "call_2", "tickets.find_ticket", '{"number": 1042}'),
        CallReceived(6.26, "call_3", "tickets.ask_supplier", '{"part": "X1 screen"}'),
        CallStarted(6.26, "call_1", "clock.now", {"city": "Lima"}),
        CallStarted(6.26, "call_2", "tickets.find_ticket", {"number": 1042}),
        CallStarted(6.27, "call_3", "tickets.ask_supplier", {"part": "X1 screen"}),
        CallFinished(6.45, "call_1", "clock.now", OutcomeKind.VALUE, "In Lima it is five to two.", 0.21),
        ResponseStarted(6.5, "resp_2"),
        *said(6.5, "item_2", WAITING),
        AgentStartedSpeaking(6.58, "resp_2"),
        ResponseFinished(6.7, "resp_2", "completed", "", PARTS),
        CallFinished(
            7.7, "call_2", "tickets.find_ticket", OutcomeKind.VALUE, f'{{"text": "{TICKET}"}}', 1.45
        ),
        AgentStoppedSpeaking(8.4, "resp_2", interrupted=False),
        CallProgressed(8.5, "call_3", "tickets.ask_supplier", "asking two warehouses"),
        ResponseStarted(8.6, "resp_3"),
        CallHeard(8.6, "call_1", "resp_3"),
        CallHeard(8.6, "call_2", "resp_3"),
        *said(8.6, "item_3", ANSWERED),
        AgentStartedSpeaking(8.75, "resp_3"),
    ]


def scene() -> list[Notice]:
    """Twenty seconds of a call with everything in it that the page shows."""
    return [
        SidebandConnected(0.3),
        *said(0.4, "item_0", "Brightside Repairs, good morning. What can I do for you?"),
        AgentStartedSpeaking(0.45, "resp_1"),
        AgentStoppedSpeaking(2.7, "resp_1", interrupted=False),
        *answer_to_two_questions(),
        CallerStartedSpeaking(12.6),
        AgentStoppedSpeaking(12.7, "resp_3", interrupted=True),
        CallFinished(
            13.2, "call_3", "tickets.ask_supplier", OutcomeKind.TIMEOUT, '{"error": "timeout"}', 6.9
        ),
        CallerStoppedSpeaking(14.5),
        CallerSaid(14.6, "item_4", "Put me through to the workshop, please."),
        CallReceived(14.7, "call_4", "transfer_to_workshop", "{}"),
        CallFinished(14.8, "call_4", "transfer_to_workshop", OutcomeKind.ERROR, '{"error": "error"}', 0.1),
        HandedOff(15.0, "receptionist", "workshop"),
        Trouble(15.1, "The tickets server went away and is being started again."),
        ResponseStarted(15.2, "resp_4"),
        *said(15.2, "item_5", "Workshop here. I have your laptop on the bench right now."),
        AgentStartedSpeaking(15.3, "resp_4"),
        AgentStoppedSpeaking(18.0, "resp_4", interrupted=False),
        CallReceived(18.5, "call_5", "hours.next_opening", "{}"),
        CallStarted(18.6, "call_5", "hours.next_opening", {}),
        CallerStartedSpeaking(19.0),
    ]


NOTE = '{"number": 1042, "note": "The customer would like the old screen back."}'


def work() -> list[Notice]:
    """Twelve seconds in which a yes is wanted, work goes on in the background, and tools have accidents."""
    return [
        SidebandConnected(0.3),
        *said(0.4, "item_0", "Workshop, go ahead."),
        CallerStartedSpeaking(1.6),
        CallerStoppedSpeaking(4.0),
        CallerSaid(
            4.1, "item_1", "Note on ticket 1042 that I want the old screen back, and ask the supplier."
        ),
        CallReceived(4.2, "call_1", "tickets.ask_supplier", '{"part": "X1 screen"}'),
        CallReceived(4.2, "job_1", "tickets.ask_supplier", '{"part": "X1 screen"}'),
        CallFinished(4.2, "call_1", "tickets.ask_supplier", OutcomeKind.VALUE, "Started as job_1.", 0.0),
        CallStarted(4.3, "job_1", "tickets.ask_supplier", {"part": "X1 screen"}),
        CallReceived(4.3, "call_2", "clock.now", '{"city": "Lima"}'),
        CallStarted(4.3, "call_2", "clock.now", {"city": "Lima"}),
        CallReceived(4.4, "call_3", "clock.now", '{"city": "Lima"}'),
        CallJoined(4.4, "call_3", "clock.now", "call_2"),
        ToolBlocked(4.9, "clock.now", "clock", "clock.py:31", 0.42),
        ToolIsolated(4.9, "clock.now", "clock"),
        CallRetried(5.4, "job_1", "tickets.ask_supplier", 2, 0.5, "connection lost"),
        CallReceived(5.8, "call_4", "tickets.add_note", NOTE),
        ConfirmationAsked(5.8, "call_4", "tickets.add_note", NOTE),
        CallFinished(5.8, "call_4", "tickets.add_note", OutcomeKind.DENIED, '{"error": "denied"}', 0.0),
        *said(6.0, "item_2", "I would add this note to ticket 1042. Shall I?"),
        AgentStartedSpeaking(6.1, "resp_2"),
        ToolsChanged(6.4, ["clock.now", "tickets.add_note", "tickets.ask_supplier"]),
        TransferWanted(7.0, "manager", "tel:+442079460958"),
        AgentStoppedSpeaking(9.0, "resp_2", interrupted=False),
    ]


class Tone(AudioStreamTrack):
    """440 Hz, loud enough to be measured."""

    async def recv(self) -> AudioFrame:
        frame: AudioFrame = await super().recv()
        half = b"\x00\x20" * 9 + b"\x00\xe0" * 9  # 8 kHz / 18 samples
        plane = (half * 20)[: frame.samples * 2]
        frame.planes[0].update(plane.ljust(frame.planes[0].buffer_size, b"\0"))
        return frame


class RecitalExchange(Exchange):
    """Plays the scene to everybody who calls, `pace` times as fast as life; 0 is at once."""

    def __init__(self, notices: list[Notice], pace: float) -> None:
        super().__init__()
        self._notices = notices
        self._pace = pace
        self._peers: list[RTCPeerConnection] = []
        self._plays: list[asyncio.Task[None]] = []
        self._lines = count(1)

    def recite(self, notices: list[Notice]) -> None:
        """Play these instead, at once, to whoever calls next."""
        self._notices, self._pace = notices, 0

    async def open_session(self, agent: str, offer: str) -> tuple[Line, str]:
        if self.fault is not None:
            raise self.fault
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.append(peer)
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        peer.addTrack(Tone())
        await peer.setLocalDescription(await peer.createAnswer())
        line = Line(self, next(self._lines), agent)
        self.sessions[line.id] = line
        self._plays.append(asyncio.create_task(self._play(line)))
        return line, peer.localDescription.sdp

    async def _play(self, line: Line) -> None:
        at = 0.0
        for notice in self._notices:
            if self._pace:
                await asyncio.sleep(max(0.0, notice.at - at) / self._pace)
            at = notice.at
            line.note(notice)

    async def hang_up_all(self) -> None:
        for line in list(self.sessions.values()):
            await line.hang_up("The server was stopped.")

    async def aclose(self) -> None:
        for play in self._plays:
            play.cancel()
        await asyncio.gather(*self._plays, return_exceptions=True)
        for peer in self._peers:
            await peer.close()
