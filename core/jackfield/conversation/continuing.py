"""Going on where the conversation was, in another session at the service.

The new session is empty (§5.1). It is told the history as items; function calls that are at work are told
without their outputs, which follow when they are there; what the old session had been sent and had not
spoken about is sent again, after the rest.
"""

from __future__ import annotations

from jackfield.conversation import service_errors
from jackfield.conversation.agenda import Prompt
from jackfield.conversation.contribution import Contributions
from jackfield.conversation.floor import Floor
from jackfield.conversation.history import History
from jackfield.conversation.orders import Orders
from jackfield.conversation.renewal import Renewal, Stand
from jackfield.conversation.speaking import Speaking
from jackfield.conversation.states import Response, Signal, Step
from jackfield.protocol.server_events import ServerEvent

GO_ON = (
    'The line broke while you were saying: "{}". The caller has heard the beginning at most. Say the rest, '
    "or, if that is short, all of it again; do not greet the caller."
)


class Continuing:
    """Knows what was said, how long the line will last, and what somebody new has to be told.

    `elsewhere` is whether there is another provider to go to.
    """

    def __init__(self, floor: Floor, ours: Contributions, speaking: Speaking, orders: Orders) -> None:
        self.history = History()
        self.renewal = Renewal(orders)
        self.elsewhere = False
        self._floor = floor
        self._ours = ours
        self._speaking = speaking
        self._orders = orders
        self._broke_off = False

    def take(self, event: ServerEvent) -> None:
        """The service tells something."""
        self.history.take(event)

    def lose_sight(self) -> None:
        """The sideband is lost. Asked before the floor forgets who had it."""
        self._broke_off = self._broke_off or self._floor.agent_has_it

    def look_again(self) -> None:
        """The sideband is back, and the session was not lost."""
        self._broke_off = False

    def end(self, code: str, message: str, now: float) -> bool:
        """The service says that it will not go on. False if that is the end of the call."""
        reason = service_errors.sentence(code, message)
        if self.renewal.followed and (code == service_errors.EXPIRED or self.elsewhere):
            self.renewal.breaks(reason, now)
            return True
        self._orders.close(reason)
        return False

    def move(self, calmly: bool, now: float) -> None:
        """Another session at the service has taken over; it has been told nothing yet."""
        broke_off = not calmly and (self._broke_off or self._floor.agent_has_it)
        words = self.history.cut_short() if broke_off else ""
        self._broke_off = False
        self._floor.lose_sight(now)
        self._floor.look_again(now)
        self._floor.signal(Signal.CERTAIN, now)
        self._tell()
        if words:
            self._speaking.want(Prompt(GO_ON.format(words)))
        elif not calmly and self.history.owes_an_answer and not self._ours.all_running:
            self._speaking.owe(now)

    def _tell(self) -> None:
        unsettled = self._ours.unsettled
        names = {each.id for each in [*unsettled, *self._ours.all_running]}
        for event in self.history.seed(names):
            self._orders.send(event)
        for contribution in unsettled:
            self._ours.step(contribution.id, Step.MOVED)
            self._orders.send(contribution.wire())
        self._speaking.start_afresh()

    def decide(self, now: float) -> None:
        """Time passes, or things change."""
        if self.renewal.stand is Stand.READY and self._floor.response is Response.AWAY:
            self.renewal.breaks("the service does not answer on the line there was", now)
        self.renewal.decide(self._quiet_since, now)

    @property
    def deadline(self) -> float | None:
        return self.renewal.deadline(self._quiet_since)

    @property
    def _quiet_since(self) -> float | None:
        """Since when nobody has anything to say; None if somebody has."""
        return self._floor.quiet_since if self._floor.quiet and not self._ours.unheard else None
