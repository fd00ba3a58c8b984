"""What was said and done so far, as far as the service told: enough to take the conversation elsewhere.

A session at the service ends after an hour, or by an accident, and there is no resuming it (§5.1). Whoever
goes on is told what happened by items: the caller's and the agent's words, function calls and outputs.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from jackfield.protocol.client_events import CallItem, CallOutput, ClientEvent, Message
from jackfield.protocol.server_events import (
    CallerTranscribed,
    Item,
    ItemAdded,
    ItemDone,
    ItemRetrieved,
    PlaybackStopped,
    ServerEvent,
    TranscriptDelta,
    TranscriptDone,
)

MOST_ENTRIES = 2_000
CHARACTERS_PER_TOKEN = 4
SEED_TOKENS = 8_000
"""So much of a long conversation is repeated word for word; what came before is summarised."""

SUMMARY_TOKENS = 1_000
LONGEST_GIST = 120
OWN = "jf_"
"""What the ids of items begin with that we write for the model alone: they are no part of what was said."""

SUMMARY_ID = f"{OWN}summary"
UNHEARD = "(The caller said something here that was not written down.)"


class Kind(Enum):
    CALLER = "user"
    AGENT = "assistant"
    REMARK = "system"
    CALL = "function_call"
    OUTPUT = "function_call_output"


_KINDS = {
    ("message", "user"): Kind.CALLER,
    ("message", "assistant"): Kind.AGENT,
    ("message", "system"): Kind.REMARK,
    ("function_call", ""): Kind.CALL,
    ("function_call_output", ""): Kind.OUTPUT,
}


@dataclass(slots=True)
class Entry:
    """One item. `text` is words, arguments or an output; `cut` is whether the agent was not heard to its
    end."""

    id: str
    kind: Kind
    text: str = ""
    call_id: str = ""
    name: str = ""
    cut: bool = False

    @property
    def tokens(self) -> int:
        return 8 + len(self.text) // CHARACTERS_PER_TOKEN

    def wire(self) -> ClientEvent | None:
        """The event that says it again; None for what says nothing."""
        match self.kind:
            case Kind.CALL:
                return CallItem(self.id, self.call_id, self.name, self.text)
            case Kind.OUTPUT:
                return CallOutput(self.call_id, self.text)
            case Kind.CALLER:
                return Message(self.id, "user", self.text or UNHEARD)
        return Message(self.id, self.kind.value, self.words) if self.text else None

    @property
    def words(self) -> str:
        return f"{self.text} … (interrupted here)" if self.cut else self.text


class History:
    """Fed with the service's events, in order. Bounded: of a very long conversation the beginning goes."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self.retired: deque[Entry] = deque(maxlen=MOST_ENTRIES)

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    def take(self, event: ServerEvent) -> None:
        """Take in what an event tells of the conversation's items."""
        match event:
            case ItemAdded(item) | ItemDone(item) | ItemRetrieved(item):
                self._add(item)
            case CallerTranscribed(item_id, text):
                self._heard(item_id, text)
            case TranscriptDelta(item_id, delta):
                self._agent(item_id).text += delta
            case TranscriptDone(item_id, text):
                self._agent(item_id).text = text
            case PlaybackStopped(cleared=True):
                self.cut_short()

    def _add(self, item: Item) -> None:
        """An item entered the conversation, or is final; of one that is known, only what is new counts."""
        kind = _KINDS.get((item.type, item.role))
        if kind is None or not item.id or item.id.startswith(OWN):
            return
        text = item.arguments if kind is Kind.CALL else item.text
        if kind is Kind.CALL and not item.is_complete_function_call:
            return  # one that was cut off never was
        known = self._entries.setdefault(item.id, Entry(item.id, kind, "", item.call_id, item.name))
        known.text = text or known.text
        while len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)

    def _heard(self, item_id: str, text: str) -> None:
        """What the caller said was written down, which may be long after it was said."""
        if (entry := self._entries.get(item_id)) is not None:
            entry.text = text

    def _agent(self, item_id: str) -> Entry:
        return self._entries.setdefault(item_id, Entry(item_id, Kind.AGENT))

    def cut_short(self) -> str:
        """The agent was not heard to the end of what it said last. What that was, or ""."""
        for entry in reversed(self._entries.values()):
            if entry.kind is Kind.AGENT:
                entry.cut = True
                return entry.text
            if entry.kind is not Kind.CALL:
                break
        return ""

    def retire(self, part: float, busy: Collection[str]) -> list[str]:
        """Take the oldest entries out, as many as make this part of all; their item ids. Those that are about
        a thing of ours in `busy` stay, and an output goes with its function call or not at all."""
        left = part * sum(entry.tokens for entry in self._entries.values())
        answered = {entry.call_id for entry in self._entries.values() if entry.kind is Kind.OUTPUT}
        taken: dict[str, Entry] = {}
        called: set[str] = set()
        for entry in self._entries.values():
            if entry.id in busy or entry.call_id in busy:
                continue
            if entry.kind is Kind.OUTPUT and entry.call_id not in called:
                continue
            if left <= 0 and entry.kind is not Kind.OUTPUT:
                continue
            if entry.kind is Kind.CALL and entry.call_id not in answered:
                continue
            called.add(entry.call_id)
            taken[entry.id] = entry
            left -= entry.tokens
        for item_id in taken:
            del self._entries[item_id]
        self.retired.extend(taken.values())
        return list(taken)

    @property
    def owes_an_answer(self) -> bool:
        """Whether the last thing is one that the agent has not spoken about."""
        last = next(reversed(self._entries.values()), None)
        return last is not None and last.kind in (Kind.CALLER, Kind.OUTPUT)

    def seed(self, unsettled: Collection[str], budget: int = SEED_TOKENS) -> list[ClientEvent]:
        """The events that tell somebody new all of it, within a budget of tokens.

        `unsettled` are the ids of things of ours that are told otherwise: their items and outputs are left
        out. Function calls among them are never left out, for their outputs are still to come.
        """
        told = [each for each in self._entries.values() if not self._told_otherwise(each, unsettled)]
        recent, rest = _divided(told, unsettled, budget)
        earlier = [*self.retired, *rest]
        seeds = [event for entry in recent if (event := entry.wire()) is not None]
        return [Message(SUMMARY_ID, "system", summary(earlier)), *seeds] if earlier else seeds

    @staticmethod
    def _told_otherwise(entry: Entry, unsettled: Collection[str]) -> bool:
        name = entry.call_id if entry.kind is Kind.OUTPUT else entry.id
        return entry.kind is not Kind.CALL and name in unsettled


def _divided(
    entries: list[Entry], unsettled: Collection[str], budget: int
) -> tuple[list[Entry], list[Entry]]:
    """The latest that fit the budget, in order, and what came before. An output never stands without its
    function call."""
    spent, place = 0, len(entries)
    while place and spent + entries[place - 1].tokens <= budget:
        place -= 1
        spent += entries[place].tokens
    recent, earlier = entries[place:], entries[:place]
    called = {entry.call_id for entry in recent if entry.kind is Kind.OUTPUT} | set(unsettled)
    pulled = [entry for entry in earlier if entry.kind is Kind.CALL and entry.call_id in called]
    rest = [entry for entry in earlier if not (entry.kind is Kind.CALL and entry.call_id in called)]
    return [*pulled, *recent], rest


def summary(entries: Iterable[Entry]) -> str:
    """The gist of what was said, one line for each turn, the oldest lines dropped first when too long."""
    lines = [line for entry in entries if (line := _gist(entry))]
    room = SUMMARY_TOKENS * CHARACTERS_PER_TOKEN
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(["What was said earlier in this call, in short:", *reversed(kept)])


def _gist(entry: Entry) -> str:
    who = {Kind.CALLER: "Caller", Kind.AGENT: "You", Kind.OUTPUT: "A tool"}.get(entry.kind)
    words = " ".join(entry.text.split())
    if who is None or not words:
        return ""
    return f"{who}: {words if len(words) <= LONGEST_GIST else words[: LONGEST_GIST - 1] + '…'}"
