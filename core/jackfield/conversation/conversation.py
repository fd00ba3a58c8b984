"""The conversation: what to run, what to send, and when to ask for a response.

Feed it what happened, with the time at which it happened; then carry out its `effects()`. It couples the
machines of `states` by one rule:

    While something of ours is unheard and wants to be spoken about, a response is asked for as soon
    as the caller is silent and no response is requested, expected or active; at no other time.

A thing counts as heard only by a response whose `response.created` came after the thing's own
`conversation.item.added`: two that cross on the wire are never mistaken for heard, and the result that
arrives while the model is talking about something else is not lost. What became ready within a short
window shares one response, but only while there is a sibling still running that is worth waiting for.

Everything is sent as soon as it is there, whoever speaks (§6.3: an output is legal at any time and
starts nothing by itself). Only *asking for a response* waits for the floor.
"""

from __future__ import annotations

from itertools import count

from jackfield import notices
from jackfield.calls import Arguments, OnBargeIn, Outcome, OutcomeKind
from jackfield.conversation import service_errors
from jackfield.conversation.agenda import Agenda, Prompt
from jackfield.conversation.contribution import MOST_ASKED, Contribution, Contributions, FunctionCall
from jackfield.conversation.effects import CancelCall, Close, Effect, Note, Send, StartCall
from jackfield.conversation.floor import Floor
from jackfield.conversation.listening import Listening
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.states import Signal, Stage, Step
from jackfield.protocol.client_events import CallOutput, Message, ResponseCreate
from jackfield.protocol.server_events import ErrorReported, Item, ResponseCreated, ResponseDone, ServerEvent

WINDOW = 0.15
"""Seconds for which a ready output waits for a sibling that is still running."""


class Conversation(Listening):
    """One session's conversation. `repertoire` may be replaced at any time (a handoff); function calls
    that were received before keep the policy they were received under.

    After each `receive`, `finish`, `say`, `announce` or `tick`, drain `effects()`; call `tick` no later
    than `deadline`. Nothing here raises, whatever the service sends.
    """

    def __init__(self, repertoire: Repertoire) -> None:
        self.repertoire = repertoire
        self._floor = Floor()
        self._ours = Contributions()
        self._agenda = Agenda()
        self._effects: list[Effect] = []
        self._numbers = count(1)
        self._closed = False

    # --- what happened ------------------------------------------------------------------------------

    def receive(self, event: ServerEvent, now: float) -> None:
        """Take in one event of the service."""
        if not self._closed:
            self.hear(event, now)
            self._speak_if_due(now)

    def entered(self, call_id: str, arguments: Arguments, now: float) -> None:
        """The tool of this function call was entered, with these validated arguments."""
        if call := self._ours.running(call_id):
            self._note(notices.CallStarted(now, call_id, call.title, arguments))

    def progress(self, call_id: str, text: str, now: float) -> None:
        """A running tool says how far it is. The last word is used when it is time to announce."""
        if call := self._ours.running(call_id):
            call.progress = text
            self._note(notices.CallProgressed(now, call_id, call.title, text))

    def finish(self, call_id: str, outcome: Outcome, now: float) -> None:
        """A tool is done. One that was given up before, or is not known, changes nothing."""
        call = self._ours.running(call_id)
        if call is None or self._closed:
            return
        call.output, call.ready_at = outcome.output, now
        self._ours.step(call_id, Step.ANSWERED)
        self._send_output(call)
        seconds = now - call.received_at
        self._note(notices.CallFinished(now, call_id, call.title, outcome.kind, outcome.output, seconds))
        self._speak_if_due(now)

    def say(self, text: str, now: float) -> None:
        """The caller typed something; it is answered aloud like any turn."""
        item_id = f"item_jf{next(self._numbers)}"
        self._ours.add(Contribution(item_id, Stage.SENT, ready_at=now))
        self._effects.append(Send(Message(item_id, "user", text, event_id=f"add_{item_id}")))
        self._note(notices.CallerSaid(now, item_id, text))
        self._speak_if_due(now)

    def announce(self, text: str, now: float) -> None:
        """Have the agent say something of its own accord, in these words, when the line is quiet."""
        self._agenda.prompts.append(Prompt(f'Say exactly: "{text}"'))
        self._speak_if_due(now)

    def reattached(self, now: float) -> None:
        """The sideband was lost and is back: what was not acknowledged is sent again."""
        self._floor.lose_sight(now)
        self._agenda.settle()
        for call in self._ours.unacknowledged:
            self._send_output(call)
        self._speak_if_due(now)

    def tick(self, now: float) -> None:
        """Let time pass: give up what ran out of it, stop waiting for events that were lost."""
        for call in self._ours.all_running:
            if call.deadline <= now:
                self._give_up(call, _timed_out(call), now)
        if self._floor.deadline is not None and self._floor.deadline <= now:
            self._floor.signal(Signal.OVERDUE, now)
            self._agenda.put_back()
        self._speak_if_due(now)

    # --- what to do about it ------------------------------------------------------------------------

    def effects(self) -> list[Effect]:
        """Hand over, once, what there is to do, in order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called at the latest; None while nothing is waited for."""
        if self._closed:
            return None
        moments = [call.deadline for call in self._ours.all_running]
        moments += [moment for moment in (self._floor.deadline, self._next_word()) if moment is not None]
        return min(moments, default=None)

    @property
    def running(self) -> list[FunctionCall]:
        """The function calls whose tools are at work."""
        return self._ours.all_running

    # --- what the service says ----------------------------------------------------------------------

    def _barge_in(self, now: float) -> None:
        for call in self._ours.all_running:
            if call.policy.on_barge_in is OnBargeIn.CANCEL:
                reason = "The caller interrupted, so this was stopped."
                self._give_up(call, Outcome(OutcomeKind.CANCELLED, message=reason), now)

    def _call_requested(self, item: Item, now: float) -> None:
        if not item.is_complete_function_call:
            return
        call = FunctionCall.received(item, self.repertoire, now)
        if self._ours.add(call):
            self._note(notices.CallReceived(now, call.id, call.title, item.arguments))
            self._effects.append(StartCall(call.id, item.name, item.arguments, call.policy))

    def _item_added(self, item: Item, now: float) -> None:
        self._ours.step(item.call_id if item.type == "function_call_output" else item.id, Step.ANNOUNCED)

    def _is_ours(self, event: ResponseCreated) -> bool:
        return self._agenda.is_in_flight(event.request_id)

    def _response_began(self, event: ResponseCreated, now: float) -> None:
        if self._is_ours(event):
            self._agenda.settle()
        for heard in self._ours.step_all(Step.RESPONDED):
            if isinstance(heard, FunctionCall):
                self._note(notices.CallHeard(now, heard.id, event.response_id))

    def _response_ended(self, event: ResponseDone, now: float) -> None:
        if event.status != "failed":
            self._agenda.succeed()
        elif event.code in service_errors.FATAL:
            self._close(service_errors.sentence(event.code, event.message))
        elif not self._agenda.fail(now):
            self._trouble(f"a response failed twice: {event.message or event.code or 'no reason given'}", now)

    def _error_reported(self, error: ErrorReported, now: float) -> None:
        if error.code in service_errors.FATAL:
            self._close(service_errors.sentence(error.code, error.message))
        elif self._agenda.is_in_flight(error.event_id):
            self._request_refused(error, now)
        elif self._ours.step(error.event_id.removeprefix("add_"), Step.DECLINED):
            self._trouble(f"the service does not take {error.event_id}: {error.message}", now)
        elif error.code not in service_errors.BENIGN:
            self._trouble(error.message or error.code, now)

    def _request_refused(self, error: ErrorReported, now: float) -> None:
        if error.code == service_errors.BUSY:
            self._floor.signal(Signal.BUSY, now)
            self._agenda.put_back()
            return
        self._floor.signal(Signal.REFUSED, now)
        if self._agenda.refuse(now):
            self._ours.step_all(Step.GIVEN_UP)
            self._trouble(f"the service refuses to respond: {error.message or error.code}", now)

    # --- when to speak ------------------------------------------------------------------------------

    def _next_word(self) -> float | None:
        """When something may be due to be said; None while the floor is taken or nothing wants saying."""
        if not self._floor.free:
            return None
        moments = [self._window_ends(each) for each in self._ours.unheard]
        if self._agenda.retry_at is not None:
            moments.append(self._agenda.retry_at)
        if self._floor.quiet:
            moments += [0.0] * len(self._agenda.prompts)
            moments += [due for call in self._ours.all_running if (due := self._announcement_due(call))]
        return max(min(moments), self._agenda.not_before) if moments else None

    def _window_ends(self, contribution: Contribution) -> float:
        return contribution.ready_at + (WINDOW if self._ours.all_running else 0.0)

    def _announcement_due(self, call: FunctionCall) -> float | None:
        wait = call.policy.announce_after
        if call.announced or wait is None:
            return None
        return max(call.received_at, self._floor.quiet_since) + wait

    def _speak_if_due(self, now: float) -> None:
        due = None if self._closed else self._next_word()
        if due is None or due > now:
            return
        unheard = self._ours.unheard
        if self._agenda.retry_at is not None or any(self._window_ends(each) <= now for each in unheard):
            self._ask_about(unheard, now)
        else:
            self._ask_to_say(self._next_prompt(now), now)

    def _ask_about(self, unheard: list[Contribution], now: float) -> None:
        for contribution in unheard:
            contribution.asked += 1
            if contribution.asked > MOST_ASKED:
                self._ours.step(contribution.id, Step.GIVEN_UP)
                self._trouble(f"the service never acknowledged {contribution.id}", now)
        if self._agenda.retry_at is not None or any(each.unheard for each in unheard):
            self._ask(None, ResponseCreate(self._new_id()), now)

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

    def _ask_to_say(self, prompt: Prompt | None, now: float) -> None:
        if prompt is None:
            return
        # §3.3: a response's instructions replace the session's, so those go first.
        instructions = f"{self.repertoire.instructions}\n\n{prompt.text}".strip()
        self._ask(prompt, ResponseCreate(self._new_id(), instructions, tool_choice="none"), now)

    def _ask(self, prompt: Prompt | None, request: ResponseCreate, now: float) -> None:
        self._agenda.ask(request.event_id, prompt)
        self._floor.signal(Signal.ASKED, now)
        self._effects.append(Send(request))

    # --- small change -------------------------------------------------------------------------------

    def _give_up(self, call: FunctionCall, outcome: Outcome, now: float) -> None:
        self._effects.append(CancelCall(call.id))
        self.finish(call.id, outcome, now)

    def _send_output(self, call: FunctionCall) -> None:
        self._effects.append(Send(CallOutput(call.id, call.output, event_id=f"add_{call.id}")))

    def _note(self, notice: notices.Notice) -> None:
        self._effects.append(Note(notice))

    def _trouble(self, message: str, now: float) -> None:
        self._note(notices.Trouble(now, message))

    def _close(self, reason: str) -> None:
        self._closed = True
        self._effects.append(Close(reason))

    def _new_id(self) -> str:
        return f"ask_{next(self._numbers)}"


def _timed_out(call: FunctionCall) -> Outcome:
    message = f"There was no result within {call.policy.timeout:g} seconds, so this was stopped."
    return Outcome(OutcomeKind.TIMEOUT, message=message)


def _still_working(call: FunctionCall) -> str:
    progress = f" The last that is known of it: {call.progress}" if call.progress else ""
    return (
        f"The function call {call.title} is still running. Tell the caller that you are still looking into "
        f"it, in one short sentence; do not guess its result.{progress}"
    )
