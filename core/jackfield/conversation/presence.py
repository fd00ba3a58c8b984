"""Whether the caller is still there, and for how long the call may go on.

A caller who says nothing is asked whether they are still there, and hung up on when they do not answer; a
call that has reached its greatest length is ended with a warning and a goodbye; and one whose page has not
been heard of for a while is over.

    present → asked → leaving → gone
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from jackfield.conversation.agenda import Prompt
from jackfield.conversation.contribution import Contributions
from jackfield.conversation.effects import Close
from jackfield.conversation.floor import Floor
from jackfield.conversation.orders import Orders
from jackfield.conversation.speaking import Speaking
from jackfield.conversation.states import User

MISSED_AFTER = 45.0
"""Seconds without a heartbeat after which the caller's page is gone. Browsers slow down hidden pages."""

SAID_WITHIN = 15.0
"""Seconds for which a goodbye may take to be said."""

SETTLED = 0.5
"""Seconds of silence after which the last word was the last word."""

WARNED_BEFORE = 30.0
"""Seconds before the end of the call at which the caller is told; of a short one, a quarter of it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """None for what does not hold. Times are seconds; the rest is what the agent says."""

    ask_after: float | None = None
    hang_up_after: float = 10.0
    question: str = "Are you still there?"
    goodbye: str = "I will hang up now. Goodbye."
    longest: float | None = None
    warning: str = "We have only a moment left."
    farewell: str = "Our time is over, so I have to end this call. Goodbye."


class Attention(Enum):
    """What we make of a caller who is silent."""

    PRESENT = "present"
    ASKED = "asked"
    LEAVING = "leaving"  # the goodbye is being said
    GONE = "gone"


class Sign(Enum):
    """What can happen to it."""

    SILENT = "silent for long"
    STIRS = "the caller says something"
    SAID = "the goodbye was said"


ATTENTION: dict[tuple[Attention, Sign], Attention] = {
    (Attention.PRESENT, Sign.SILENT): Attention.ASKED,
    (Attention.ASKED, Sign.STIRS): Attention.PRESENT,
    (Attention.ASKED, Sign.SILENT): Attention.LEAVING,
    (Attention.LEAVING, Sign.STIRS): Attention.PRESENT,
    (Attention.LEAVING, Sign.SAID): Attention.GONE,
}


class Course(Enum):
    """How far the call is towards its greatest length."""

    OPEN = "open"
    WARNED = "warned"
    ENDING = "ending"  # the farewell is being said
    OVER = "over"


class Presence:
    """Every method takes `now`, on a clock that stood at 0 when the call began."""

    def __init__(self, floor: Floor, ours: Contributions, speaking: Speaking, orders: Orders) -> None:
        self.rules = Rules()
        self.lands_at: Callable[[], float | None] = lambda: None  # where the line ends, and is the only one
        self.attention = Attention.PRESENT
        self.course = Course.OPEN
        self._floor = floor
        self._ours = ours
        self._speaking = speaking
        self._orders = orders
        self._turns = 0
        self._spoken_at = 0.0  # when something of ours was last ordered to be said
        self._heard_of: float | None = None

    def heartbeat(self, now: float) -> None:
        """The caller's page says that it is there. From the first time on it is missed when it does not."""
        self._heard_of = now

    def decide(self, turns: int, now: float) -> None:
        """Time passes, or things change. `turns` is how many turns the caller has had."""
        if turns != self._turns or self._floor.user is User.SPEAKING:
            self._turns = turns
            self._sign(Sign.STIRS, now)
        due = self._idle_due
        if due is not None and due <= now:
            self._sign(Sign.SAID if self.attention is Attention.LEAVING else Sign.SILENT, now)
        due = self._course_due
        if due is not None and due <= now:
            self._go_on(now)
        if self._heard_of is not None and self._heard_of + MISSED_AFTER <= now:
            self._heard_of = None
            self._orders.give(Close("nothing was heard of the caller's page any more", failed=False))

    @property
    def deadline(self) -> float | None:
        missed = None if self._heard_of is None else self._heard_of + MISSED_AFTER
        moments = [self._idle_due, self._course_due, missed]
        return min((moment for moment in moments if moment is not None), default=None)

    # --- silence --------------------------------------------------------------------------------------

    @property
    def _idle_due(self) -> float | None:
        if self.attention is Attention.LEAVING:
            return self._words_end
        if self.rules.ask_after is None or self.attention is Attention.GONE or self._ours.all_running:
            return None
        if not self._floor.quiet or self.course in (Course.ENDING, Course.OVER):
            return None
        if self.attention is Attention.ASKED:
            return max(self._floor.quiet_since, self._spoken_at) + self.rules.hang_up_after
        return self._floor.quiet_since + self.rules.ask_after

    def _sign(self, sign: Sign, now: float) -> None:
        after = ATTENTION.get((self.attention, sign))
        if after is None:
            return
        self.attention = after
        if after is Attention.ASKED:
            self._say(self.rules.question, now)
        elif after is Attention.LEAVING:
            self._say(self.rules.goodbye, now)
        elif after is Attention.GONE:
            self._orders.give(Close("the caller was silent for too long", failed=False))

    # --- length ---------------------------------------------------------------------------------------

    @property
    def _course_due(self) -> float | None:
        ends = [each for each in (self.rules.longest, self.lands_at()) if each is not None]
        if not ends or self.course is Course.OVER:
            return None
        longest = min(ends)
        if self.course is Course.OPEN:
            return longest - min(WARNED_BEFORE, longest / 4)
        return longest if self.course is Course.WARNED else self._words_end

    def _go_on(self, now: float) -> None:
        if self.course is Course.OPEN:
            self.course = Course.WARNED
            self._say(self.rules.warning, now)
        elif self.course is Course.WARNED:
            self.course = Course.ENDING
            self._say(self.rules.farewell, now)
        else:
            self.course = Course.OVER
            self._orders.give(Close("the call had reached its greatest length", failed=False))

    # --- words ----------------------------------------------------------------------------------------

    def _say(self, words: str, now: float) -> None:
        self._spoken_at = now
        self._speaking.want(Prompt(f'Say exactly: "{words}"'))

    @property
    def _words_end(self) -> float:
        """When the last words are over: after they were heard, or when they should have been long ago."""
        latest = self._spoken_at + SAID_WITHIN
        if self._floor.quiet and self._floor.quiet_since >= self._spoken_at:
            return min(latest, self._floor.quiet_since + SETTLED)
        return latest
