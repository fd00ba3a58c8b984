"""The conversation: what to run, what to send, and when to ask for a response.

Feed it what happened, with the time at which it happened; then carry out its `effects()`. Three machines
(`floor`) tell who holds the floor, a fourth (`contribution`) follows each thing of ours into the
conversation, and one rule (`speaking`) couples them.

A thing counts as heard only by a response whose `response.created` came after the thing's own
`conversation.item.added`: two that cross on the wire are never mistaken for heard, and the result that
arrives while the model is talking about something else is not lost. Everything is sent as soon as it is
there, whoever speaks (§6.3: an output is legal at any time and starts nothing by itself); only asking for a
response waits for the floor.
"""

from __future__ import annotations

from collections.abc import Sequence

from jackfield import notices
from jackfield.calls import Arguments, Image, OnBargeIn, Outcome, OutcomeKind
from jackfield.conversation import service_errors
from jackfield.conversation.agenda import Prompt
from jackfield.conversation.consent import Consents, Question, ask_the_caller, subject
from jackfield.conversation.contribution import ADDING, Contribution, Contributions, FunctionCall, Job, Remark
from jackfield.conversation.effects import CancelCall, Effect, StartCall
from jackfield.conversation.floor import Floor
from jackfield.conversation.listening import Listening
from jackfield.conversation.orders import Orders
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.speaking import Speaking
from jackfield.conversation.states import Signal, Stage, Step
from jackfield.protocol.server_events import ErrorReported, Item, ResponseCreated, ResponseDone, ServerEvent


class Conversation(Listening):
    """One session's conversation. `repertoire` may be replaced at any time (a handoff); function calls
    that were received before keep the policy they were received under.

    After each method that takes `now`, drain `effects()`; call `tick` no later than `deadline`. Nothing
    here raises, whatever the service sends.
    """

    def __init__(self, repertoire: Repertoire) -> None:
        super().__init__(Floor(), Orders())
        self.repertoire = repertoire
        self._ours = Contributions()
        self._consents = Consents()
        self._speaking = Speaking(self._floor, self._ours, self._orders)
        self._closed = False

    # --- what happened ------------------------------------------------------------------------------

    def receive(self, event: ServerEvent, now: float) -> None:
        """Take in one event of the service."""
        if not self._closed:
            self.hear(event, now)
            self._speak(now)

    def entered(self, call_id: str, arguments: Arguments, now: float) -> None:
        """The tool of this function call was entered, with these validated arguments."""
        if call := self._ours.running(call_id):
            self._orders.note(notices.CallStarted(now, call_id, call.title, arguments))

    def progress(self, call_id: str, text: str, now: float) -> None:
        """A running tool says how far it is. The last word is used when it is time to announce."""
        if call := self._ours.running(call_id):
            call.progress = text
            self._orders.note(notices.CallProgressed(now, call_id, call.title, text))

    def finish(self, call_id: str, outcome: Outcome, now: float) -> None:
        """A tool is done. One that was given up before, or is not known, changes nothing."""
        call = self._ours.running(call_id)
        if call is None or self._closed:
            return
        self._answer(call, outcome, now)
        self._speak(now)

    def ask_first(self, call_id: str, arguments: str, question: str, now: float) -> None:
        """A plugin wants the caller's yes before this function call, with these arguments, is run."""
        if call := self._ours.running(call_id):
            self._ask(call, arguments, question, now)
            self._speak(now)

    def cancel(self, call_id: str, reason: str, now: float) -> bool:
        """Stop the work of a running function call; the model is told `reason`. False if none runs."""
        call = self._ours.running(call_id)
        if call is not None:
            self._give_up(call, Outcome(OutcomeKind.CANCELLED, message=reason), now)
            self._speak(now)
        return call is not None

    def say(self, text: str, now: float) -> None:
        """The caller typed something; it is answered aloud like any turn."""
        self.turns += 1
        remark = self._remark("user", text, now)
        self._orders.note(notices.CallerSaid(now, remark.id, text))
        self._speak(now)

    def announce(self, text: str, now: float) -> None:
        """Have the agent say something of its own accord, in these words, when the line is quiet."""
        self._speaking.want(Prompt(f'Say exactly: "{text}"'))
        self._speak(now)

    def settle(self, call_id: str, agreed: bool, now: float) -> bool:
        """The caller answered by a button whether a tool may run. False if that is not the question."""
        question = self._consents.agree(call_id) if agreed else self._consents.refuse(call_id)
        if question is None:
            return False
        answer = "agreed: call it again with the same arguments" if agreed else "refused: do not call it"
        self._remark("system", f"By a button, the caller has {answer}. It is about {question.subject}.", now)
        if not agreed:
            self._orders.note(notices.ConfirmationSettled(now, call_id, question.title, "refused"))
        self._speak(now)
        return True

    def detached(self, now: float) -> None:
        """The sideband is not there (yet, or any more). Tools go on; no response is asked for, and what is
        sent is taken for lost."""
        self._floor.lose_sight(now)
        self._speaking.forget()

    def attached(self, now: float) -> None:
        """The sideband is there: what was not acknowledged is sent (again). The service takes no item
        twice, so that what had arrived after all is not said twice."""
        self._floor.look_again(now)
        self._speaking.start_afresh()
        for contribution in self._ours.unacknowledged:
            self._ours.step(contribution.id, Step.AGAIN)
            self._orders.send(contribution.wire())
        self._speak(now)

    def tick(self, now: float) -> None:
        """Let time pass: give up what ran out of it, stop waiting for events that were lost."""
        for call in self._ours.all_running:
            if call.deadline <= now:
                self._give_up(call, _timed_out(call), now)
        for question in self._consents.expire(now):
            self._orders.note(notices.ConfirmationSettled(now, question.call_id, question.title, "expired"))
        if self._floor.deadline is not None and self._floor.deadline <= now:
            self._floor.signal(Signal.OVERDUE, now)
            self._speaking.lost()
        self._speak(now)

    # --- what to do about it ------------------------------------------------------------------------

    def effects(self) -> list[Effect]:
        """Hand over, once, what there is to do, in order."""
        return self._orders.drain()

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called at the latest; None while nothing is waited for."""
        if self._closed:
            return None
        moments = [self._floor.deadline, self._speaking.due(), self._consents.deadline]
        moments += [call.deadline for call in self._ours.all_running]
        return min((moment for moment in moments if moment is not None), default=None)

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
        if not self._ours.add(call):
            return
        self._orders.note(notices.CallReceived(now, call.id, call.title, item.arguments))
        agreed = self._agreed(call, item.arguments, now)
        if call.policy.confirm and not agreed:
            self._ask(call, item.arguments, "", now)
        elif call.policy.background:
            self._start_job(call, item.arguments, agreed, now)
        else:
            self._orders.give(StartCall(call.id, item.name, item.arguments, call.policy, agreed))

    def _agreed(self, call: FunctionCall, arguments: str, now: float) -> bool:
        """Whether the caller was asked about just this, and said yes."""
        question = (
            self._consents.may_run(subject(call.name, arguments), self.turns) if self._consents else None
        )
        if question is not None:
            self._orders.note(notices.ConfirmationSettled(now, question.call_id, question.title, "agreed"))
        return question is not None

    def _ask(self, call: FunctionCall, arguments: str, question: str, now: float) -> None:
        what = subject(call.name, arguments)
        if self._consents.ask(Question(call.id, call.title, what, self.turns, now)):
            self._orders.note(notices.ConfirmationAsked(now, call.id, call.title, arguments))
        message = ask_the_caller(call.title, arguments, question)
        self._answer(call, Outcome(OutcomeKind.DENIED, message=message), now)

    def _start_job(self, call: FunctionCall, arguments: str, agreed: bool, now: float) -> None:
        """The function call is answered at once; its work goes on under a name of its own."""
        job = Job.of(call, self._orders.new_id("job"))
        job.announced = True
        self._ours.add(job)
        self._orders.note(notices.CallReceived(now, job.id, job.title, arguments))
        self._orders.give(StartCall(job.id, call.name, arguments, call.policy, agreed))
        told = f"Started as {job.id}. Its result will come by itself; go on with the conversation."
        self._answer(call, Outcome(OutcomeKind.VALUE, told), now)

    def _item_added(self, item: Item, now: float) -> None:
        self._ours.step(item.call_id if item.type == "function_call_output" else item.id, Step.ANNOUNCED)

    def _is_ours(self, event: ResponseCreated) -> bool:
        return self._speaking.is_answered_by(event)

    def _response_began(self, event: ResponseCreated, now: float) -> None:
        self._speaking.began(event)
        for heard in self._ours.step_all(Step.RESPONDED):
            if isinstance(heard, FunctionCall):
                self._orders.note(notices.CallHeard(now, heard.id, event.response_id))

    def _response_ended(self, event: ResponseDone, now: float) -> None:
        if event.status == "failed" and event.code in service_errors.FATAL:
            self._close(service_errors.sentence(event.code, event.message))
        else:
            self._speaking.ended(event, now)

    def _error_reported(self, error: ErrorReported, now: float) -> None:
        if error.code in service_errors.FATAL:
            self._close(service_errors.sentence(error.code, error.message))
            return
        known = self._speaking.refused(error, now) or self._declined(error, now)
        if not known and error.code not in service_errors.BENIGN:
            self._orders.trouble(error.message or error.code, now)

    def _declined(self, error: ErrorReported, now: float) -> bool:
        """Take in an error; False if it names nothing of ours. What was sent twice and is declined is there
        already."""
        ours = error.event_id.removeprefix(ADDING)
        if self._ours.stage(ours) is Stage.SENT:
            self._orders.trouble(f"the service does not take {error.event_id}: {error.message}", now)
        self._ours.step(ours, Step.DECLINED)
        return self._ours.knows(ours)

    # --- small change -------------------------------------------------------------------------------

    def _answer(self, call: FunctionCall, outcome: Outcome, now: float) -> None:
        call.output = outcome.output
        self._send(call, now)
        seconds = now - call.received_at
        self._orders.note(
            notices.CallFinished(now, call.id, call.title, outcome.kind, outcome.output, seconds)
        )
        if outcome.images:
            self._show(call, outcome.images, now)

    def _show(self, call: FunctionCall, images: Sequence[Image], now: float) -> None:
        """An output is text alone, so images follow it as a message (§6.11)."""
        text = f"(What {call.title} shows; the caller does not see it.)"
        item_id = self._orders.new_id("item_jf")
        remark = Remark(item_id, Stage.RUNNING, call.spoken, role="user", text=text, images=images)
        self._ours.add(remark)
        self._send(remark, now)

    def _remark(self, role: str, text: str, now: float) -> Remark:
        remark = Remark(self._orders.new_id("item_jf"), Stage.RUNNING, role=role, text=text)
        self._ours.add(remark)
        self._send(remark, now)
        return remark

    def _send(self, contribution: Contribution, now: float) -> None:
        contribution.ready_at = now
        self._ours.step(contribution.id, Step.ANSWERED)
        self._orders.send(contribution.wire())

    def _give_up(self, call: FunctionCall, outcome: Outcome, now: float) -> None:
        self._orders.give(CancelCall(call.id))
        self._answer(call, outcome, now)

    def _speak(self, now: float) -> None:
        if not self._closed:
            self._speaking.speak_if_due(self.repertoire, now)

    def _close(self, reason: str) -> None:
        self._closed = True
        self._orders.close(reason)


def _timed_out(call: FunctionCall) -> Outcome:
    message = f"There was no result within {call.policy.timeout:g} seconds, so this was stopped."
    return Outcome(OutcomeKind.TIMEOUT, message=message)
