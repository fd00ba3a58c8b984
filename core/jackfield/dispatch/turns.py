"""Whose turn it is: so many calls at once of a tool, of an agent and in all; the rest wait in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from jackfield.dispatch.call import Call

MOST_WAITING = 256
"""Per tool."""

MOST_WAITING_IN_ALL = 2_048


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many calls may run at once: in this process, and of each agent over all of its sessions. How many
    of one tool is said by each call's own policy."""

    process: int = 256
    agents: Mapping[str, int] = field(default_factory=dict)
    agent: int = 64
    """For an agent that `agents` does not name."""


class Lane:
    """The calls of one tool. Its line is kept in order: nobody is overtaken but those whose agent has no
    room, for their turn does not hang on the tool."""

    def __init__(self) -> None:
        self.running: set[Call] = set()
        self.waiting: dict[Call, None] = {}  # in order; a lane is made for every call that comes alone

    @property
    def empty(self) -> bool:
        return not self.running and not self.waiting

    def has_room(self, call: Call) -> bool:
        return len(self.running) < max(call.limits.concurrency, 1)


class Turns:
    """Pure bookkeeping: says which calls may run, and runs none."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._lanes: dict[str, Lane] = {}
        self._agents: Counter[str] = Counter()
        self._running = 0
        self._waiting = 0

    def refusal(self, call: Call) -> str:
        """Why this call cannot even wait, or ""."""
        lane = self._lanes.get(call.tool.name)
        if lane is not None and len(lane.waiting) >= MOST_WAITING:
            return f"{call.tool.name} is too busy now: {MOST_WAITING} calls wait for it. Try again later."
        if self._waiting >= MOST_WAITING_IN_ALL:
            return f"{call.tool.name} cannot be called now: too much else is waiting. Try again later."
        return ""

    def take(self, call: Call) -> bool:
        """Let the call run (True), or put it in line."""
        lane = self._lanes.setdefault(call.tool.name, Lane())
        if self._free and self._agent_has_room(call) and self._is_first(call, lane):
            self._run(call, lane)
            return True
        lane.waiting[call] = None
        self._waiting += 1
        return False

    def leave(self, call: Call) -> list[Call]:
        """The call is over, or will not run; these may run now, in this order."""
        lane = self._lanes[call.tool.name]
        # Only where the tool itself was the obstacle is it one of its own line who follows.
        others = not self._free or not self._agent_has_room(call)
        if call in lane.running:
            lane.running.discard(call)
            self._agents[call.context.agent] -= 1
            self._running -= 1
        else:
            del lane.waiting[call]
            self._waiting -= 1
        following = self._call_up([*self._lanes.values()] if others else [lane]) if self._waiting else []
        if lane.empty:
            del self._lanes[call.tool.name]
        return following

    def _call_up(self, lanes: list[Lane]) -> list[Call]:
        called = []
        while self._free and (first := min(self._candidates(lanes), key=_age, default=None)):
            call, lane = first
            del lane.waiting[call]
            self._waiting -= 1
            self._run(call, lane)
            called.append(call)
        return called

    def _candidates(self, lanes: list[Lane]) -> list[tuple[Call, Lane]]:
        firsts = ((self._first(lane), lane) for lane in lanes if lane.waiting)
        return [(call, lane) for call, lane in firsts if call is not None and lane.has_room(call)]

    def _first(self, lane: Lane) -> Call | None:
        return next((each for each in lane.waiting if self._agent_has_room(each)), None)

    def _is_first(self, call: Call, lane: Lane) -> bool:
        return lane.has_room(call) and not (lane.waiting and self._first(lane))

    def _run(self, call: Call, lane: Lane) -> None:
        lane.running.add(call)
        self._agents[call.context.agent] += 1
        self._running += 1

    @property
    def _free(self) -> bool:
        return self._running < self.bounds.process

    def _agent_has_room(self, call: Call) -> bool:
        agent = call.context.agent
        return self._agents[agent] < self.bounds.agents.get(agent, self.bounds.agent)


def _age(candidate: tuple[Call, Lane]) -> float:
    return candidate[0].since
