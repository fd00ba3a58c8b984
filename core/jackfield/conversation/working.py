"""What becomes of a function call: run at once, asked about first, or done in the background.

It is answered exactly once: by its outcome, by the question to the caller, or by what ended it before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from jackfield import notices
from jackfield.calls import Image, OnBargeIn, Outcome, OutcomeKind
from jackfield.conversation.asking import Questioner
from jackfield.conversation.consent import Consents, Question, ask_the_caller, subject
from jackfield.conversation.contribution import Contribution, Contributions, FunctionCall, Job, Remark
from jackfield.conversation.effects import CancelCall, StartCall
from jackfield.conversation.orders import Orders
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.states import Stage, Step
from jackfield.protocol.server_events import Item


class Working:
    """Gives the orders about function calls, and puts what comes of them into the conversation.

    `turns` is always the number of turns the caller has had.
    """

    def __init__(self, ours: Contributions, orders: Orders, turns: Callable[[], int]) -> None:
        self._ours = ours
        self._orders = orders
        self._consents = Consents()
        self.questions = Questioner(ours, orders, partial(self.remark, "system"), turns)

    # --- from the request to the outcome --------------------------------------------------------------

    def request(self, item: Item, repertoire: Repertoire, turns: int, now: float) -> None:
        """The model calls a function. What is incomplete, or was seen before, changes nothing."""
        if not item.is_complete_function_call:
            return
        call = FunctionCall.received(item, repertoire, now)
        if not self._ours.add(call):
            return
        self._orders.note(notices.CallReceived(now, call.id, call.title, item.arguments))
        agreed = self._agreed(call, item.arguments, turns, now)
        if call.policy.confirm and not agreed:
            self.ask(call, item.arguments, "", turns, now)
        elif call.policy.background:
            self._start_job(call, item.arguments, agreed, now)
        else:
            self._orders.give(StartCall(call.id, item.name, item.arguments, call.policy, agreed))

    def answer(self, call: FunctionCall, outcome: Outcome, now: float) -> None:
        """Its output goes to the model, whoever speaks."""
        self.questions.call_ended(call.id, now)
        call.output = outcome.output
        self._send(call, now)
        seconds = now - call.received_at
        self._orders.note(
            notices.CallFinished(now, call.id, call.title, outcome.kind, outcome.output, seconds)
        )
        if outcome.images:
            self._show(call, outcome.images, now)

    def stop(self, call: FunctionCall, reason: str, now: float) -> None:
        """Its work is not wanted any more; the model is told `reason`."""
        self._give_up(call, Outcome(OutcomeKind.CANCELLED, message=reason), now)

    def interrupt(self, now: float) -> None:
        """The caller barges in: what is not to outlive that is stopped."""
        for call in self._ours.all_running:
            if call.policy.on_barge_in is OnBargeIn.CANCEL and call.held_at is None:
                self.stop(call, "The caller interrupted, so this was stopped.", now)

    # --- what must not happen without the caller's yes ------------------------------------------------

    def ask(self, call: FunctionCall, arguments: str, question: str, turns: int, now: float) -> None:
        """The function call is answered with "ask the caller": in the words of `question`, if any."""
        what = subject(call.name, arguments)
        if self._consents.ask(Question(call.id, call.title, what, turns, now)):
            self._orders.note(notices.ConfirmationAsked(now, call.id, call.title, arguments))
            self._expired(self._consents.crowded_out(), now)
        message = ask_the_caller(call.title, arguments, question)
        self.answer(call, Outcome(OutcomeKind.DENIED, message=message), now)

    def settle(self, call_id: str, agreed: bool, now: float) -> bool:
        """The caller answered by a button. False if that is not the question."""
        question = self._consents.agree(call_id) if agreed else self._consents.refuse(call_id)
        if question is None:
            return False
        answer = "agreed: call it again with the same arguments" if agreed else "refused: do not call it"
        self.remark("system", f"By a button, the caller has {answer}. It is about {question.subject}.", now)
        if not agreed:
            self._orders.note(notices.ConfirmationSettled(now, call_id, question.title, "refused"))
        return True

    def _agreed(self, call: FunctionCall, arguments: str, turns: int, now: float) -> bool:
        """Whether the caller was asked about just this, and said yes."""
        question = self._consents.may_run(subject(call.name, arguments), turns) if self._consents else None
        if question is not None:
            self._orders.note(notices.ConfirmationSettled(now, question.call_id, question.title, "agreed"))
        return question is not None

    # --- time -----------------------------------------------------------------------------------------

    def expire(self, now: float) -> None:
        """Give up what ran out of its time, and take back questions that were not answered."""
        self.questions.expire(now)
        for call in self._ours.all_running:
            if call.deadline is not None and call.deadline <= now:
                self._give_up(call, _timed_out(call), now)
        self._expired(self._consents.expire(now), now)

    def _expired(self, questions: Sequence[Question], now: float) -> None:
        for question in questions:
            self._orders.note(notices.ConfirmationSettled(now, question.call_id, question.title, "expired"))

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do; None for never."""
        moments = [self._consents.deadline, self.questions.deadline]
        moments += [call.deadline for call in self._ours.all_running]
        return min((moment for moment in moments if moment is not None), default=None)

    # --- messages -------------------------------------------------------------------------------------

    def remark(self, role: str, text: str, now: float) -> Remark:
        """A message goes into the conversation: the caller's (`user`) or ours (`system`)."""
        remark = Remark(self._orders.new_id("item_jf"), Stage.RUNNING, role=role, text=text)
        self._ours.add(remark)
        self._send(remark, now)
        return remark

    def _show(self, call: FunctionCall, images: Sequence[Image], now: float) -> None:
        """An output is text alone, so images follow it as a message (§6.11)."""
        text = f"(What {call.title} shows; the caller does not see it.)"
        item_id = self._orders.new_id("item_jf")
        remark = Remark(item_id, Stage.RUNNING, call.spoken, role="user", text=text, images=images)
        self._ours.add(remark)
        self._send(remark, now)

    def _start_job(self, call: FunctionCall, arguments: str, agreed: bool, now: float) -> None:
        """The function call is answered at once; its work goes on under a name of its own."""
        job = Job.of(call, self._orders.new_id("job"))
        job.announced = True
        self._ours.add(job)
        self._orders.note(notices.CallReceived(now, job.id, job.title, arguments))
        self._orders.give(StartCall(job.id, call.name, arguments, call.policy, agreed))
        told = f"Started as {job.id}. Its result will come by itself; go on with the conversation."
        self.answer(call, Outcome(OutcomeKind.VALUE, told), now)

    def _send(self, contribution: Contribution, now: float) -> None:
        contribution.ready_at = now
        self._ours.step(contribution.id, Step.ANSWERED)
        self._orders.send(contribution.wire())

    def _give_up(self, call: FunctionCall, outcome: Outcome, now: float) -> None:
        self._orders.give(CancelCall(call.id))
        self.answer(call, outcome, now)


def _timed_out(call: FunctionCall) -> Outcome:
    message = f"There was no result within {call.policy.timeout:g} seconds, so this was stopped."
    return Outcome(OutcomeKind.TIMEOUT, message=message)
