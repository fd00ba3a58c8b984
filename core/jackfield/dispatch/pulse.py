"""Whether an event loop comes round: the decision about what is seen of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

STALL_SECONDS = 0.1
"""A loop that has been busy for so long with one round of callbacks is stalled."""

LOOK_EVERY = 0.025
FEWEST_LOOKS = 4
"""So often a loop must have been seen in the same round. When the whole machine stood still, nobody looked
either, and no tool is to blame; where threads fight for the interpreter, whoever looks has to fight, too."""


class Sight(Enum):
    """What one look at a loop tells. A stall is told once, and its end once."""

    NOTHING_NEW = auto()
    STALLED = auto()
    RESUMED = auto()


@dataclass(slots=True)
class Pulse:
    """What was seen of one loop. `round` is the moment at which it woke for the round it was seen in."""

    round: float | None = None
    looks: int = 0
    stalled: bool = False

    def look(self, awake_since: float | None, now: float) -> Sight:
        """Take in one look: `awake_since` is None for a loop that waits for something to do."""
        if awake_since is None or awake_since != self.round:
            resumed, self.stalled = self.stalled, False
            self.round, self.looks = awake_since, 0
            return Sight.RESUMED if resumed else Sight.NOTHING_NEW
        self.looks += 1
        if self.stalled or self.looks < FEWEST_LOOKS or now - awake_since < STALL_SECONDS:
            return Sight.NOTHING_NEW
        self.stalled = True
        return Sight.STALLED

    def forgive(self) -> None:
        """It was no tool's doing; look again for as long."""
        self.looks, self.stalled = 0, False
