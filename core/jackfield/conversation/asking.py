"""Puts the questions of running tools to the caller, one at a time, and hands their replies back."""

from __future__ import annotations

from collections.abc import Callable

from jackfield import notices
from jackfield.calls import Arguments, Inquiry, Reply
from jackfield.conversation.contribution import Contributions
from jackfield.conversation.effects import Asking, Replied
from jackfield.conversation.inquiries import REPLY, Inquiries, PutQuestion, Standing, instruction
from jackfield.conversation.orders import Orders


class Questioner:
    """While a function call has a question standing its own time does not run, it is not announced, and a
    barge-in does not stop it: the caller who speaks then is answering.

    `remark` puts a message of ours into the conversation; `turns` tells how many the caller has had.
    """

    def __init__(
        self,
        ours: Contributions,
        orders: Orders,
        remark: Callable[[str, float], object],
        turns: Callable[[], int],
    ) -> None:
        self._ours = ours
        self._orders = orders
        self._remark = remark
        self._turns = turns
        self._inquiries = Inquiries()

    def inquire(self, call_id: str, inquiry: Inquiry, now: float) -> str:
        """A running tool asks. The name of the question, or "" where nobody can be asked: the function call
        is over, or too many questions stand."""
        call = self._ours.running(call_id)
        if call is None:
            return ""
        name = self._orders.new_id("question")
        if not self._inquiries.add(
            PutQuestion(name, call_id, call.title, inquiry, call.policy.answer_within)
        ):
            return ""
        call.hold(now)
        self._ask_next(now)
        return name

    def accept(self, name: str, values: Arguments, now: float, *, by_button: bool = False) -> bool:
        """The caller has answered. Without a button the caller must have had a turn since the question was
        asked. False if that is no answer to a question that stands."""
        question = self._inquiries.find(name)
        if question is None or not (by_button or self._turns() > question.turn):
            return False
        return self._close(question, Standing.ACCEPTED, now, values)

    def decline(self, name: str, now: float) -> bool:
        """The caller does not want to answer. False if that is not asked."""
        question = self._inquiries.find(name)
        return question is not None and self._close(question, Standing.DECLINED, now)

    def withdraw(self, name: str, now: float) -> None:
        """The tool does not want to know any more."""
        if question := self._inquiries.find(name):
            self._close(question, Standing.WITHDRAWN, now)

    def call_ended(self, call_id: str, now: float) -> None:
        """What it wanted to know is of no use any more."""
        # From the end: none of them is asked because the one before it is over.
        for question in reversed(self._inquiries.of(call_id) if self._inquiries else []):
            self._close(question, Standing.WITHDRAWN, now)

    def expire(self, now: float) -> None:
        """Take back what the caller has not answered in time."""
        question = self._inquiries.current
        if question is not None and question.until <= now:
            self._close(question, Standing.EXPIRED, now)

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do."""
        return self._inquiries.deadline

    def _ask_next(self, now: float) -> None:
        question = self._inquiries.next_to_ask(self._turns(), now)
        if question is None:
            return
        inquiry = question.inquiry
        asked = notices.QuestionAsked(
            now, question.id, question.call_id, question.title, inquiry.message, inquiry.schema, inquiry.url
        )
        self._orders.note(asked)
        self._orders.give(Asking(question))  # before the remark, which speaks of the tools for it
        self._remark(instruction(question), now)

    def _close(
        self, question: PutQuestion, standing: Standing, now: float, values: Arguments | None = None
    ) -> bool:
        was_asked = question.standing is Standing.ASKED
        if not self._inquiries.close(question, standing):
            return False
        self._orders.give(Replied(question.id, Reply(REPLY[standing], values or {})))
        call = self._ours.running(question.call_id)
        if call is not None and not self._inquiries.of(call.id):
            call.release(now)
        if was_asked:
            self._orders.note(
                notices.QuestionAnswered(now, question.id, question.call_id, question.title, standing.value)
            )
            self._orders.give(Asking(None))
            self._ask_next(now)
        return True
