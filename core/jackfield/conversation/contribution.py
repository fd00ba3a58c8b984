"""A thing of ours in the conversation: a function call with its output, a typed message, a job's result.

One object holds all of its life, from the moment the model asked for it until a response knows it; where it
stands is one attribute, `stage`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jackfield.calls import CallPolicy, Deliver, Image
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.states import STAGE, Stage, Step
from jackfield.protocol.client_events import CallOutput, ClientEvent, Message
from jackfield.protocol.server_events import Item

MOST_ASKED = 3
"""So many responses are asked for on account of one thing that the service never acknowledges."""

MOST_REMEMBERED = 1_000
"""So many finished function calls are remembered, by name alone, to recognise their repetition."""

_UNDER_WAY = (Stage.SENT, Stage.REPEATED)

ADDING = "add_"
"""With the id of the thing behind it: the `event_id` of the event that adds it."""


@dataclass(slots=True)
class Contribution(ABC):
    """`id` is its call id or item id; `ready_at` is the moment it was sent; `spoken` tells whether a
    response is wanted for it at all; `asked` counts the responses asked for on its account."""

    id: str
    stage: Stage
    spoken: bool = True
    ready_at: float = 0.0
    asked: int = 0

    def step(self, step: Step) -> bool:
        """Move on by the table; False where the table knows no such move."""
        target = STAGE.get((self.stage, step))
        if target is not None:
            self.stage = target
        return target is not None

    @abstractmethod
    def wire(self) -> ClientEvent:
        """The event that adds it to the conversation."""

    @property
    def unheard(self) -> bool:
        return self.spoken and self.stage in (*_UNDER_WAY, Stage.ADDED)

    @property
    def of_a_tool(self) -> bool:
        """Whether it is a result, or a part of one, and not the caller's."""
        return True

    @property
    def over(self) -> bool:
        """Nothing can happen to it any more that matters."""
        return self.stage in (Stage.HEARD, Stage.REFUSED) or (self.stage is Stage.ADDED and not self.spoken)


@dataclass(slots=True)
class Remark(Contribution):
    """A message: the caller's, typed (`user`), or ours (`system`). Images are shown in the caller's name,
    because no other message may have them (§6.11)."""

    role: str = "user"
    text: str = ""
    images: Sequence[Image] = ()

    @property
    def of_a_tool(self) -> bool:
        return bool(self.images)

    def wire(self) -> ClientEvent:
        return Message(self.id, self.role, self.text, ADDING + self.id, self.images)


@dataclass(slots=True)
class FunctionCall(Contribution):
    """`policy` is that of the agent the call was made under; it stays when the agent changes. `held_at` is
    since when it waits for an answer of the caller's; `waited` is for how long it has done so before."""

    name: str = ""
    title: str = ""
    policy: CallPolicy = field(default_factory=CallPolicy)
    received_at: float = 0.0
    progress: str = ""
    announced: bool = False
    output: str = ""
    waited: float = 0.0
    held_at: float | None = None

    @classmethod
    def received(cls, item: Item, repertoire: Repertoire, now: float) -> FunctionCall:
        policy, title = repertoire.policy(item.name), repertoire.title(item.name)
        spoken = policy.deliver is not Deliver.SILENT
        return cls(item.call_id, Stage.RUNNING, spoken, 0.0, 0, item.name, title, policy, now)

    def wire(self) -> ClientEvent:
        return CallOutput(self.id, self.output, event_id=ADDING + self.id)

    @property
    def deadline(self) -> float | None:
        """When its time is over; None while it waits for the caller, for then its time stands still."""
        if self.held_at is not None:
            return None
        return self.received_at + self.policy.timeout + self.waited

    def hold(self, now: float) -> None:
        """It waits for an answer of the caller's."""
        if self.held_at is None:
            self.held_at = now

    def release(self, now: float) -> None:
        """It has been answered."""
        if self.held_at is not None:
            self.waited += now - self.held_at
            self.held_at = None


@dataclass(slots=True)
class Job(FunctionCall):
    """Work that goes on after its function call was answered; its result is a remark of ours."""

    @classmethod
    def of(cls, call: FunctionCall, job_id: str) -> Job:
        return cls(
            job_id, Stage.RUNNING, call.spoken, 0.0, 0, call.name, call.title, call.policy, call.received_at
        )

    def wire(self) -> ClientEvent:
        text = f"The result of {self.id} ({self.title}) is there; tell the caller. {self.output}"
        return Message(self.id, "system", text, event_id=ADDING + self.id)


class Contributions:
    """All things of ours that are not over yet, and the names of those that are.

    It is asked at every event, so the function calls at work stand apart from what waits to be heard.
    """

    def __init__(self) -> None:
        self._running: dict[str, FunctionCall] = {}
        self._told: dict[str, Contribution] = {}
        self._over: OrderedDict[str, None] = OrderedDict()

    def add(self, contribution: Contribution) -> bool:
        """Take it in; False if it was seen before, however often the service repeats it."""
        if self.knows(contribution.id):
            return False
        self._file(contribution)
        return True

    def knows(self, contribution_id: str) -> bool:
        """Whether it is or was among ours."""
        return self._find(contribution_id) is not None or contribution_id in self._over

    def stage(self, contribution_id: str) -> Stage | None:
        """Where it stands; None for one that is over, or was never ours."""
        contribution = self._find(contribution_id)
        return contribution.stage if contribution else None

    def running(self, call_id: str) -> FunctionCall | None:
        return self._running.get(call_id)

    @property
    def all_running(self) -> list[FunctionCall]:
        return list(self._running.values())

    @property
    def siblings_running(self) -> bool:
        """Whether a function call runs whose output may be there soon; a job's is not waited for, nor that
        of a call that waits for the caller."""
        return any(not isinstance(each, Job) and each.held_at is None for each in self._running.values())

    @property
    def unheard(self) -> list[Contribution]:
        return [each for each in self._told.values() if each.unheard]

    @property
    def unsettled(self) -> list[Contribution]:
        """Everything that was sent and is not over."""
        return list(self._told.values())

    @property
    def unacknowledged(self) -> list[Contribution]:
        """Everything that was sent, while nothing tells that it arrived."""
        return [each for each in self._told.values() if each.stage in _UNDER_WAY]

    def step(self, contribution_id: str, step: Step) -> bool:
        contribution = self._find(contribution_id)
        if contribution is None or not contribution.step(step):
            return False
        self._file(contribution)
        return True

    def step_all(self, step: Step) -> list[Contribution]:
        """Move everything that can make this step; those that moved."""
        moved = [each for each in [*self._running.values(), *self._told.values()] if each.step(step)]
        for contribution in moved:
            self._file(contribution)
        return moved

    def step_those(self, names: Iterable[str], step: Step) -> list[Contribution]:
        """Move those of these names that can make this step; those that moved."""
        found = [each for name in names if (each := self._find(name)) is not None and each.step(step)]
        for contribution in found:
            self._file(contribution)
        return found

    def __len__(self) -> int:
        return len(self._running) + len(self._told)

    def _find(self, contribution_id: str) -> Contribution | None:
        return self._running.get(contribution_id) or self._told.get(contribution_id)

    def _file(self, contribution: Contribution) -> None:
        """Put it where its stage says that it belongs."""
        if isinstance(contribution, FunctionCall) and contribution.stage is Stage.RUNNING:
            self._running[contribution.id] = contribution
            return
        self._running.pop(contribution.id, None)
        if not contribution.over:
            self._told[contribution.id] = contribution
            return
        self._told.pop(contribution.id, None)
        self._over[contribution.id] = None
        if len(self._over) > MOST_REMEMBERED:
            self._over.popitem(last=False)
