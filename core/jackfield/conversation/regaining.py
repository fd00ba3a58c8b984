"""Losing sight of the conversation, and finding out what happened meanwhile before anything is asked for."""

from __future__ import annotations

from jackfield import notices
from jackfield.conversation.bearings import Bearings, Finding
from jackfield.conversation.contribution import Contributions
from jackfield.conversation.floor import Floor
from jackfield.conversation.orders import Orders
from jackfield.conversation.recovery import Recovery
from jackfield.conversation.speaking import Speaking
from jackfield.conversation.states import Response, Signal
from jackfield.protocol.server_events import Item, ServerEvent


class Regaining:
    """While the sideband is away, and whenever a request is answered by nothing, things may happen unseen."""

    def __init__(self, floor: Floor, ours: Contributions, speaking: Speaking, orders: Orders) -> None:
        self._floor = floor
        self._speaking = speaking
        self._orders = orders
        self._recovery = Recovery()
        self._bearings = Bearings(orders, ours.knows, lambda: [call.title for call in ours.all_running])

    def take(self, event: ServerEvent, now: float) -> Item | None:
        """Take in an event; a function call that is known by it at last."""
        if (finding := self._bearings.take(event)) is not None:
            self._found(finding, now)
        return self._recovery.take(event)

    def lose_sight(self, now: float) -> None:
        """The sideband is gone."""
        self._speaking.doubt()
        self._floor.lose_sight(now)

    def look_again(self, now: float) -> None:
        """It is there (again). Before anything else is sent: what is added now hides what was there."""
        self._floor.look_again(now)
        self._look(now)

    def ask(self) -> None:
        """Have the service tell the rest of what was seen to begin."""
        for question in self._recovery.ask():
            self._orders.send(question)

    def lose_patience(self, now: float) -> None:
        """The service owes us an event. If it is our request that it does not answer, ask whether it has."""
        self._speaking.doubt()
        self._floor.signal(Signal.OVERDUE, now)
        if self._floor.response is Response.UNSURE:
            self._look(now)
        else:
            self._speaking.lost()

    def moved(self) -> None:
        """The conversation goes on in another session at the service, all of which is seen."""
        self._speaking.forget()
        self._recovery.forget()
        self._bearings.moved()

    def _look(self, now: float) -> None:
        if not self._bearings.look():
            self._floor.signal(Signal.CERTAIN, now)

    def _found(self, finding: Finding, now: float) -> None:
        last = finding.last
        if calls := finding.taken_out:
            them = "a function call" if calls == 1 else f"{calls} function calls"
            self._orders.trouble(f"{them} came while nobody was there to see; the model is asked again", now)
            self._speaking.owe(now)
        if last is not None and last.role == "assistant" and last.text and not finding.under_way:
            self._orders.note(notices.AgentSaid(now, last.id, last.text))
        if finding.by_the_model:
            self._speaking.responded_unseen(now)
        else:
            self._speaking.responded_not()
        answered = finding.by_the_caller and self._floor.service_answers_turns
        self._floor.signal(Signal.ENGAGED if finding.under_way or answered else Signal.CERTAIN, now)
