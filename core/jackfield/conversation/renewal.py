"""When a line is to be replaced by a new one, and when to move over: the table, and who keeps to it.

A session at the service has an end (§5.1). Well before that a new one is opened beside it; when both stand
and nobody speaks, the conversation moves. The same serves when a line breaks, only at once.

    current → wanted → opening → ready → current
"""

from __future__ import annotations

from enum import Enum

from jackfield.conversation.effects import LoseLine, MoveLine, WantLine
from jackfield.conversation.orders import Orders

EARLY = 120.0
"""Seconds before the end of a session at which the caller is asked for a new line, unless told otherwise."""

MOST_EARLY = 0.4
"""The greatest part of a session's whole time that it is renewed before its end."""

AT_LATEST = 0.25
"""The part of that time which is left when the move does not wait for a quiet moment any more."""

SETTLED = 0.3
"""Seconds for which the line must have been quiet: nobody is only taking breath."""

PATIENCE = 15.0
"""Seconds for which a caller whose line broke may take to come with a new one."""

AGAIN = 1.0
"""Seconds until a caller is asked again, when the service did not take the new line."""


class Stand(Enum):
    """How it stands with the line."""

    CURRENT = "current"  # it is there, and has time left
    WANTED = "wanted"  # it has an end; the caller was asked for a new one
    OPENING = "opening"  # a new one is being made beside it
    READY = "ready"  # the new one stands, and a quiet moment is waited for
    BROKEN = "broken"  # it is gone; the caller was asked for a new one
    MENDING = "mending"  # it is gone; a new one is being made
    REFUSED = "refused"  # the service did not take the new one; the caller is asked again in a moment
    GONE = "gone"  # the call is over


class Turn(Enum):
    """What can happen to it."""

    NEAR = "the end is near"
    OFFERED = "the caller offers a new line"
    STANDS = "the new line stands"
    FAILED = "the new line failed"
    BREAKS = "the line breaks"
    QUIET = "nobody speaks"
    LATE = "time runs out"


LINE: dict[tuple[Stand, Turn], Stand] = {
    (Stand.CURRENT, Turn.NEAR): Stand.WANTED,
    (Stand.CURRENT, Turn.OFFERED): Stand.OPENING,  # the caller knows better: it hears nothing
    (Stand.CURRENT, Turn.BREAKS): Stand.BROKEN,
    (Stand.WANTED, Turn.OFFERED): Stand.OPENING,
    (Stand.WANTED, Turn.BREAKS): Stand.BROKEN,
    (Stand.OPENING, Turn.OFFERED): Stand.OPENING,
    (Stand.OPENING, Turn.STANDS): Stand.READY,
    (Stand.OPENING, Turn.FAILED): Stand.REFUSED,
    (Stand.OPENING, Turn.BREAKS): Stand.MENDING,
    (Stand.REFUSED, Turn.LATE): Stand.WANTED,
    (Stand.REFUSED, Turn.OFFERED): Stand.OPENING,
    (Stand.REFUSED, Turn.BREAKS): Stand.BROKEN,
    (Stand.READY, Turn.QUIET): Stand.CURRENT,
    (Stand.READY, Turn.LATE): Stand.CURRENT,
    (Stand.READY, Turn.BREAKS): Stand.CURRENT,
    (Stand.READY, Turn.OFFERED): Stand.OPENING,
    (Stand.READY, Turn.FAILED): Stand.REFUSED,
    (Stand.BROKEN, Turn.OFFERED): Stand.MENDING,
    (Stand.BROKEN, Turn.LATE): Stand.GONE,
    (Stand.MENDING, Turn.OFFERED): Stand.MENDING,
    (Stand.MENDING, Turn.STANDS): Stand.CURRENT,
    (Stand.MENDING, Turn.FAILED): Stand.BROKEN,
    (Stand.MENDING, Turn.LATE): Stand.GONE,
}


class Renewal:
    """Keeps to the table. Every method takes `now`.

    `followed` is whether there is somebody on the caller's side who can make a new line; without, a line
    that breaks is the end of the call, and one that ends is not renewed.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.stand = Stand.CURRENT
        self.followed = False
        self.early = EARLY
        self._early = EARLY
        self._ends: float | None = None  # the line we have
        self._gives_up: float | None = None  # a broken one
        self._asks_again = 0.0
        self._reason = ""

    def ends(self, at: float, now: float) -> None:
        """The session at the service that we have ends at this moment."""
        self._ends = at
        self._early = min(self.early, (at - now) * MOST_EARLY)

    def last_moment(self) -> float | None:
        """When a line that cannot be renewed is to be left, with time for a goodbye."""
        return None if self._ends is None else self._ends - self._early * AT_LATEST

    def breaks(self, reason: str, now: float) -> None:
        """The session at the service is gone."""
        if not self.followed:
            self._close(reason)
            return
        self._reason = reason
        if self.stand is not Stand.BROKEN and self.stand is not Stand.MENDING:
            self._gives_up = now + PATIENCE
        self._turn(Turn.BREAKS, now)

    def over(self) -> None:
        """Somebody has hung up."""
        self.stand = Stand.GONE

    def offered(self, now: float) -> bool:
        """The caller offers a new line. False if the call is over."""
        return self._turn(Turn.OFFERED, now)

    def stands(self, now: float) -> None:
        """The new line has the caller at one end and us at the other."""
        self._turn(Turn.STANDS, now)

    def failed(self, now: float) -> None:
        """The new line came to nothing."""
        self._asks_again = now + AGAIN
        self._turn(Turn.FAILED, now)

    def decide(self, quiet_since: float | None, now: float) -> None:
        """Time passes, or things change. `quiet_since` is None while anybody speaks or is about to."""
        if self.stand is Stand.CURRENT and self.followed and self._reached(self._near, now):
            self._reason = "the session at the service ends soon"
            self._turn(Turn.NEAR, now)
        elif self.stand is Stand.READY and quiet_since is not None and quiet_since + SETTLED <= now:
            self._turn(Turn.QUIET, now)
        elif self._reached(self._late, now):
            self._turn(Turn.LATE, now)

    def deadline(self, quiet_since: float | None) -> float | None:
        """When to decide again at the latest."""
        moments = [self._late]
        if self.stand is Stand.CURRENT and self.followed:
            moments.append(self._near)
        if self.stand is Stand.READY and quiet_since is not None:
            moments.append(quiet_since + SETTLED)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _near(self) -> float | None:
        return None if self._ends is None else self._ends - self._early

    @property
    def _late(self) -> float | None:
        match self.stand:
            case Stand.READY:
                return None if self._ends is None else self._ends - self._early * AT_LATEST
            case Stand.REFUSED:
                return self._asks_again
            case Stand.BROKEN | Stand.MENDING:
                return self._gives_up
        return None

    @staticmethod
    def _reached(moment: float | None, now: float) -> bool:
        return moment is not None and moment <= now

    def _turn(self, turn: Turn, now: float) -> bool:
        before, after = self.stand, LINE.get((self.stand, turn))
        if after is None:
            return False
        self.stand = after
        if turn is Turn.BREAKS and after is not Stand.CURRENT:
            self._orders.give(LoseLine())
        if after in (Stand.WANTED, Stand.BROKEN):
            self._orders.give(WantLine(self._reason, broken=after is Stand.BROKEN))
        elif after is Stand.CURRENT:
            self._ends = self._gives_up = None
            calmly = before is Stand.READY and turn is Turn.QUIET
            self._orders.give(MoveLine(self._reason, calmly))
        elif after is Stand.GONE:
            self._close(self._reason)
        return True

    def _close(self, reason: str) -> None:
        self.over()
        self._orders.close(reason)
