"""A thing of ours in the conversation: a function call with its output, or a typed message.

One object holds all of a function call's life, from the moment the model asked for it until a response
knows its output; where it stands is one attribute, `stage`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from jackfield.calls import CallPolicy, Deliver
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.states import STAGE, Stage, Step
from jackfield.protocol.server_events import Item

MOST_ASKED = 3
"""So many responses are asked for on account of one thing that the service never acknowledges."""

MOST_REMEMBERED = 1_000
"""So many finished function calls are remembered, by name alone, to recognise their repetition."""


@dataclass(slots=True)
class Contribution:
    """`id` is a call id or an item id; `ready_at` is the moment it was sent; `spoken` tells whether a
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

    @property
    def unheard(self) -> bool:
        return self.spoken and self.stage in (Stage.SENT, Stage.ADDED)

    @property
    def over(self) -> bool:
        """Nothing can happen to it any more that matters."""
        return self.stage in (Stage.HEARD, Stage.REFUSED) or (self.stage is Stage.ADDED and not self.spoken)


@dataclass(slots=True)
class FunctionCall(Contribution):
    """`policy` is that of the agent the call was made under; it stays when the agent changes."""

    title: str = ""
    policy: CallPolicy = field(default_factory=CallPolicy)
    received_at: float = 0.0
    progress: str = ""
    announced: bool = False
    output: str = ""

    @classmethod
    def received(cls, item: Item, repertoire: Repertoire, now: float) -> FunctionCall:
        policy = repertoire.policy(item.name)
        spoken = policy.deliver is not Deliver.SILENT
        title = repertoire.title(item.name)
        return cls(item.call_id, Stage.RUNNING, spoken, title=title, policy=policy, received_at=now)

    @property
    def deadline(self) -> float:
        return self.received_at + self.policy.timeout


class Contributions:
    """All things of ours that are not over yet, and the names of those that are."""

    def __init__(self) -> None:
        self._open: dict[str, Contribution] = {}
        self._over: OrderedDict[str, None] = OrderedDict()

    def add(self, contribution: Contribution) -> bool:
        """Take it in; False if it was seen before, however often the service repeats it."""
        if contribution.id in self._open or contribution.id in self._over:
            return False
        self._open[contribution.id] = contribution
        return True

    def running(self, call_id: str) -> FunctionCall | None:
        call = self._open.get(call_id)
        return call if isinstance(call, FunctionCall) and call.stage is Stage.RUNNING else None

    @property
    def all_running(self) -> list[FunctionCall]:
        return [
            each
            for each in self._open.values()
            if isinstance(each, FunctionCall) and each.stage is Stage.RUNNING
        ]

    @property
    def unheard(self) -> list[Contribution]:
        return [each for each in self._open.values() if each.unheard]

    @property
    def unacknowledged(self) -> list[FunctionCall]:
        """Function calls whose output was sent, while nothing tells that it arrived."""
        return [
            each
            for each in self._open.values()
            if isinstance(each, FunctionCall) and each.stage is Stage.SENT
        ]

    def step(self, contribution_id: str, step: Step) -> bool:
        contribution = self._open.get(contribution_id)
        moved = contribution is not None and contribution.step(step)
        self._let_go()
        return moved

    def step_all(self, step: Step) -> list[Contribution]:
        """Move everything that can make this step; those that moved."""
        moved = [each for each in self._open.values() if each.step(step)]
        self._let_go()
        return moved

    def __iter__(self) -> Iterator[Contribution]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)

    def _let_go(self) -> None:
        for contribution_id in [each.id for each in self._open.values() if each.over]:
            del self._open[contribution_id]
            self._over[contribution_id] = None
        while len(self._over) > MOST_REMEMBERED:
            self._over.popitem(last=False)
