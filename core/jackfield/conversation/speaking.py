"""When to ask for a response: the conversation's one rule.

    While something of ours is unheard and wants to be spoken about, a response is asked for as soon
    as the caller is silent and no response is requested, expected or active; at no other time.

What tools have ready within a short window shares one response, but only while there is a sibling still
running that is worth waiting for; the caller's words wait for nothing. What the agent has to say of its own
accord waits until no sound goes out either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jackfield import notices
from jackfield.conversation import service_errors
from jackfield.conversation.agenda import Agenda, Prompt, Request
from jackfield.conversation.contribution import MOST_ASKED, Contribution, Contributions, FunctionCall
from jackfield.conversation.floor import Floor
from jackfield.conversation.orders import Orders
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.states import Response, Signal, Stage, Step
from jackfield.protocol.client_events import Control, ResponseCreate
from jackfield.protocol.server_events import ErrorReported, ResponseCreated, ResponseDone

WINDOW = 0.15
"""Seconds for which a ready output waits for a sibling that is still running."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """When something may have happened unseen: the request that was in flight, the ids of what any response
    begun since has heard, and whether such a response might be one that was there before (`ambiguous`)."""

    request: Request | None = None
    heard: tuple[str, ...] = ()
    ambiguous: bool = False


class Speaking:
    """Knows what wants to be said and whether anybody may speak, and asks when both are so."""

    def __init__(self, floor: Floor, ours: Contributions, orders: Orders) -> None:
        self._floor = floor
        self._ours = ours
        self._orders = orders
        self._agenda = Agenda()
        self._doubt = Doubt()

    def want(self, prompt: Prompt) -> None:
        """The agent is to say this of its own accord, when the line is quiet."""
        self._agenda.prompts.append(prompt)

    def owe(self, now: float) -> None:
        """The caller waits for a response that somebody else began, or should have."""
        self._agenda.retry_at = now

    def due(self) -> float | None:
        """When something may be due to be said; None while the floor is taken or nothing wants saying."""
        if not self._floor.free:
            return None
        moments = self._windows_end(self._ours.unheard)
        if self._agenda.retry_at is not None:
            moments.append(self._agenda.retry_at)
        if self._floor.quiet:
            moments += [0.0] * len(self._agenda.prompts)
            moments += [due for call in self._ours.all_running if (due := self._announcement_due(call))]
        return max(min(moments), self._agenda.not_before) if moments else None

    def speak_if_due(self, repertoire: Repertoire, now: float) -> None:
        """Ask for a response, if that is right at this moment. At most one request goes out."""
        due = self.due()
        if due is None or due > now:
            return
        unheard = self._ours.unheard
        if self._agenda.retry_at is not None or any(end <= now for end in self._windows_end(unheard)):
            self._ask_about(unheard, now)
        elif prompt := self._next_prompt(now):
            # §3.3: a response's instructions replace the session's, so those go first.
            instructions = f"{repertoire.instructions}\n\n{prompt.text}".strip()
            asked = ResponseCreate(self._orders.new_id("ask"), instructions, "none")
            self._ask(Request(asked.event_id, prompt), asked, now)

    # --- what became of a request ---------------------------------------------------------------------

    def is_answered_by(self, event: ResponseCreated) -> bool:
        """Whether this response is the one we asked for."""
        return self._agenda.is_in_flight(event.request_id)

    def began(self, event: ResponseCreated, now: float) -> None:
        """It knows everything of ours that the service had; unless there is no point in it any more."""
        request = self._agenda.answered(event.request_id)
        if request is not None and request.pointless:
            self._orders.send(Control("response.cancel"))
            return
        self._heard(self._ours.step_all(Step.RESPONDED), event.response_id, now)

    def began_unseen(self, response_id: str, request_id: str, now: float) -> None:
        """A response has ended that nobody saw begin. If it answers a request of ours, it knew what that was
        about."""
        request = self._agenda.answered(request_id)
        if request is not None:
            self._heard(self._ours.step_those(request.about, Step.OVERHEARD), response_id, now)

    def ended(self, event: ResponseDone, now: float) -> None:
        """A failed response is worth one more try; the second failure is told."""
        if event.status != "failed":
            self._agenda.succeed()
        elif not self._agenda.fail(now):
            reason = event.message or event.code or "no reason given"
            self._orders.trouble(f"a response failed twice: {reason}", now)

    def refused(self, error: ErrorReported, now: float) -> bool:
        """Take in an error; False if it does not name the request in flight."""
        if not self._agenda.is_in_flight(error.event_id):
            return False
        if error.code == service_errors.BUSY:
            self._floor.signal(Signal.BUSY, now)
            self._agenda.put_back()
            self.start_afresh()
            return True
        self._floor.signal(Signal.REFUSED, now)
        if self._agenda.refuse(now):
            self._ours.step_all(Step.GIVEN_UP)
            self._orders.trouble(f"the service refuses to respond: {error.message or error.code}", now)
        return True

    def doubt(self) -> None:
        """From now on things may happen unseen. Any response that begins so has heard what the service had
        before; unless one was there already, for then nobody can tell the two apart."""
        if self._floor.response in (Response.AWAY, Response.UNSURE):
            return
        request = self._agenda.in_flight
        heard: tuple[str, ...] = ()
        if not self._floor.responding:
            added = [each.id for each in self._ours.unheard if each.stage is Stage.ADDED]
            heard = (*added, *(request.about if request else ()))
        self._doubt = Doubt(request, heard, self._floor.responding)

    def is_news(self, name: str) -> None:
        """What was sent before things happened unseen had not arrived then, so no response has heard it."""
        heard = tuple(each for each in self._doubt.heard if each != name)
        self._doubt = replace(self._doubt, heard=heard)

    def responded_unseen(self, now: float) -> None:
        """A response did begin unseen."""
        doubt, self._doubt = self._doubt, Doubt()
        if doubt.ambiguous:
            self._give_up(doubt)
        elif doubt.request is not None and doubt.request is self._agenda.in_flight:
            self._agenda.settle()
        self._heard(self._ours.step_those(doubt.heard, Step.OVERHEARD), "", now)

    def responded_not(self) -> None:
        """None has begun unseen, as far as anybody knows."""
        self._give_up(self._doubt)
        self._doubt = Doubt()

    def lost(self) -> None:
        """The request in flight was never answered."""
        self._agenda.give_up()

    def forget(self) -> None:
        """The service is another one. What was in flight may have been heard or not: better said never than
        twice."""
        self._agenda.settle()
        self._doubt = Doubt()

    def start_afresh(self) -> None:
        """The service is there, or is busy: whatever was asked before was not in vain."""
        for contribution in self._ours.unheard:
            contribution.asked = 0

    # --- what to ask for ------------------------------------------------------------------------------

    def _windows_end(self, unheard: Sequence[Contribution]) -> list[float]:
        """When each of them has waited long enough for the others; what the caller types or presses waits
        for nothing."""
        window = WINDOW if unheard and self._ours.siblings_running else 0.0
        return [each.ready_at + (window if each.of_a_tool else 0.0) for each in unheard]

    def _announcement_due(self, call: FunctionCall) -> float | None:
        wait = call.policy.announce_after
        if call.announced or wait is None or call.held_at is not None:
            return None
        return max(call.received_at, self._floor.quiet_since) + wait

    def _heard(self, contributions: Sequence[Contribution], response_id: str, now: float) -> None:
        for heard in contributions:
            if isinstance(heard, FunctionCall):
                self._orders.note(notices.CallHeard(now, heard.id, response_id))

    def _give_up(self, doubt: Doubt) -> None:
        if doubt.request is not None and doubt.request is self._agenda.in_flight:
            self._agenda.give_up()

    def _ask_about(self, unheard: list[Contribution], now: float) -> None:
        for contribution in unheard:
            contribution.asked += 1
            if contribution.asked > MOST_ASKED:
                self._ours.step(contribution.id, Step.GIVEN_UP)
                self._orders.trouble(f"the service never acknowledged {contribution.id}", now)
        owed = self._agenda.retry_at is not None
        about = tuple(each.id for each in unheard if each.unheard)
        if owed or about:
            asked = ResponseCreate(self._orders.new_id("ask"))
            self._ask(Request(asked.event_id, None, about, owed), asked, now)

    def _next_prompt(self, now: float) -> Prompt | None:
        while self._agenda.prompts:
            prompt = self._agenda.prompts.popleft()
            if not prompt.about or self._ours.running(prompt.about):
                return prompt
        for call in self._ours.all_running:
            due = self._announcement_due(call)
            if due is not None and due <= now:
                call.announced = True
                return Prompt(_still_working(call), about=call.id)
        return None

    def _ask(self, request: Request, asked: ResponseCreate, now: float) -> None:
        self._agenda.ask(request)
        self._floor.signal(Signal.ASKED, now)
        self._orders.send(asked)


def _still_working(call: FunctionCall) -> str:
    progress = f" The last that is known of it: {call.progress}" if call.progress else ""
    return (
        f"The function call {call.title} is still running. Tell the caller that you are still looking into "
        f"it, in one short sentence; do not guess its result.{progress}"
    )
