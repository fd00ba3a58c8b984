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

from jackfield import notices
from jackfield.calls import Arguments, Inquiry, Outcome
from jackfield.conversation import service_errors
from jackfield.conversation.agenda import Prompt
from jackfield.conversation.bearings import MARK
from jackfield.conversation.continuing import Continuing
from jackfield.conversation.contribution import ADDING, Contributions, FunctionCall
from jackfield.conversation.effects import Effect
from jackfield.conversation.floor import Floor
from jackfield.conversation.keypad import KEYS, Keypad, told
from jackfield.conversation.listening import Listening
from jackfield.conversation.notices import KeyPressed, KeysEntered
from jackfield.conversation.orders import Orders
from jackfield.conversation.presence import Presence
from jackfield.conversation.regaining import Regaining
from jackfield.conversation.repertoire import Repertoire
from jackfield.conversation.speaking import Speaking
from jackfield.conversation.spending import Spending
from jackfield.conversation.states import Stage, Step
from jackfield.conversation.working import Working
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
        self._working = Working(self._ours, self._orders, lambda: self.turns)
        self._speaking = Speaking(self._floor, self._ours, self._orders)
        self.continuing = Continuing(self._floor, self._ours, self._speaking, self._orders)
        self.spending = Spending(self.continuing.history, self._ours, self._orders)
        self.presence = Presence(self._floor, self._ours, self._speaking, self._orders)
        self._regaining = Regaining(self._floor, self._ours, self._speaking, self._orders)
        self._keypad = Keypad()
        self._closed = False
        self._undecided_since: float | None = None
        self._unrecorded: list[ServerEvent] = []

    # --- what happened ------------------------------------------------------------------------------

    def receive(self, event: ServerEvent, now: float) -> None:
        """Take in one event of the service."""
        if not self._closed:
            if (recovered := self._regaining.take(event, now)) is not None:
                self._call_requested(recovered, now)
            self.hear(event, now)
            self._unrecorded.append(event)
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
        self._working.answer(call, outcome, now)
        self._speak(now)

    def ask_first(self, call_id: str, arguments: str, question: str, now: float) -> None:
        """A plugin wants the caller's yes before this function call, with these arguments, is run."""
        if call := self._ours.running(call_id):
            self._working.ask(call, arguments, question, self.turns, now)
            self._speak(now)

    def cancel(self, call_id: str, reason: str, now: float) -> bool:
        """Stop the work of a running function call; the model is told `reason`. False if none runs."""
        call = self._ours.running(call_id)
        if call is not None:
            self._working.stop(call, reason, now)
            self._speak(now)
        return call is not None

    def say(self, text: str, now: float) -> None:
        """The caller typed something; it is answered aloud like any turn."""
        self.turns += 1
        remark = self._working.remark("user", text, now)
        self._orders.note(notices.CallerSaid(now, remark.id, text))
        self._speak(now)

    def announce(self, text: str, now: float) -> None:
        """Have the agent say something of its own accord, in these words, when the line is quiet."""
        self._speaking.want(Prompt(f'Say exactly: "{text}"'))
        self._speak(now)

    def settle(self, call_id: str, agreed: bool, now: float) -> bool:
        """The caller answered by a button whether a tool may run. False if that is not the question."""
        if not self._working.settle(call_id, agreed, now):
            return False
        self._speak(now)
        return True

    def inquire(self, call_id: str, inquiry: Inquiry, now: float) -> str:
        """A running tool wants to know something of the caller. The name of the question, or "" if nobody can
        be asked; what becomes of it is told by `Replied`, exactly once."""
        name = "" if self._closed else self._working.questions.inquire(call_id, inquiry, now)
        self._speak(now)
        return name

    def accept(self, question: str, values: Arguments, now: float, *, by_button: bool = False) -> bool:
        """The caller has answered; `values` fit the question's schema. False if that is not asked (any more),
        or if the caller has had no turn since it was and pressed no button."""
        known = self._working.questions.accept(question, values, now, by_button=by_button)
        self._speak(now)
        return known

    def decline(self, question: str, now: float) -> bool:
        """The caller does not want to answer. False if that is not asked (any more)."""
        known = self._working.questions.decline(question, now)
        self._speak(now)
        return known

    def withdraw(self, question: str, now: float) -> None:
        """The tool that asked does not want to know any more."""
        self._working.questions.withdraw(question, now)
        self._speak(now)

    def detached(self, now: float) -> None:
        """The sideband is not there (yet, or any more). Tools go on; no response is asked for, and what is
        sent is taken for lost."""
        self.continuing.lose_sight()
        self._regaining.lose_sight(now)

    def attached(self, now: float) -> None:
        """The sideband is there: what has happened meanwhile is found out, as far as that can be done, and
        what was not acknowledged is sent (again). The service takes no item twice, so that what had arrived
        after all is not said twice."""
        self.continuing.look_again()
        self._regaining.look_again(now)
        self._speaking.start_afresh()
        for contribution in self._ours.unacknowledged:
            self._ours.step(contribution.id, Step.AGAIN)
            self._orders.send(contribution.wire())
        self._regaining.ask()
        self._speak(now)

    def moved(self, calmly: bool, now: float) -> None:
        """Another session at the service has taken over (`MoveLine`): it is told everything."""
        self._settle()
        self._regaining.moved()
        self.continuing.move(calmly, now)
        self.spending.moved()
        self._speak(now)

    def tick(self, now: float) -> None:
        """Let time pass: give up what ran out of it, stop waiting for events that were lost."""
        self._working.expire(now)
        self._enter(self._keypad.rest(now), now)
        if self._floor.deadline is not None and self._floor.deadline <= now:
            self._regaining.lose_patience(now)
        self._speak(now)

    # --- what to do about it ------------------------------------------------------------------------

    def at_once(self) -> list[Effect]:
        """Hand over, once, what the events themselves ask for, in order: a function call goes to its tool,
        and an output on the wire, before anything else is thought of."""
        return self._orders.drain()

    def effects(self) -> list[Effect]:
        """Hand over, once, what there is to do, in order: first what is to be done `at_once`, and when that
        is carried out, by another call, what follows from who has the floor now; until there is nothing. All
        that has happened by then is decided about together."""
        orders = self._orders.drain()
        if not orders:
            self._settle()
            orders = self._orders.drain()
        return orders

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called at the latest; None while nothing is waited for."""
        self._settle()
        if self._closed:
            return None
        moments = [self._floor.deadline, self._speaking.due(), self._working.deadline]
        moments += [self.continuing.deadline, self.presence.deadline, self._keypad.deadline]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def running(self) -> list[FunctionCall]:
        """The function calls whose tools are at work."""
        return self._ours.all_running

    # --- what the service says ----------------------------------------------------------------------

    def _turn_taken(self, now: float) -> None:
        self._speaking.owe(now)
        self._speak(now)

    def _barge_in(self, now: float) -> None:
        self._working.interrupt(now)

    def _key_pressed(self, key: str, now: float) -> None:
        if key in KEYS:
            self._orders.note(KeyPressed(now, key))
            self._enter(self._keypad.press(key, now), now)

    def _enter(self, keys: str, now: float) -> None:
        """Keys are a turn of the caller's, like words."""
        if keys:
            self.turns += 1
            remark = self._working.remark("user", told(keys), now)
            self._orders.note(KeysEntered(now, remark.id, keys))

    def _call_requested(self, item: Item, now: float) -> None:
        self._working.request(item, self.repertoire, self.turns, now)

    def _item_added(self, item: Item, now: float) -> None:
        name = item.call_id if item.type == "function_call_output" else item.id
        if self._ours.stage(name) is Stage.REPEATED:
            self._speaking.is_news(name)
        self._ours.step(name, Step.ANNOUNCED)

    def _is_ours(self, event: ResponseCreated) -> bool:
        return self._speaking.is_answered_by(event)

    def _response_began(self, event: ResponseCreated, now: float) -> None:
        self._speaking.began(event, now)

    def _began_unseen(self, event: ResponseDone, request_id: str, now: float) -> None:
        self._speaking.began_unseen(event.response_id, request_id, now)

    def _response_ended(self, event: ResponseDone, now: float) -> None:
        self.spending.count(event, now)
        if event.status == "failed" and event.code in service_errors.FATAL:
            self._closed = not self.continuing.end(event.code, event.message, now)
        else:
            self._speaking.ended(event, now)

    def _error_reported(self, error: ErrorReported, now: float) -> None:
        if error.code in service_errors.FATAL:
            self._closed = not self.continuing.end(error.code, error.message, now)
            return
        known = self._speaking.refused(error, now) or self._declined(error, now)
        known = known or error.event_id.startswith(MARK)  # which only tells nothing, then
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

    def _speak(self, now: float) -> None:
        """Decide who speaks, when the effects so far have been carried out."""
        self._undecided_since = now

    def _settle(self) -> None:
        """Do what was put off."""
        if self._undecided_since is None:
            return
        now, self._undecided_since = self._undecided_since, None
        for event in self._unrecorded:
            self.continuing.take(event)
        self._unrecorded.clear()
        if not self._closed:
            self._speaking.speak_if_due(self.repertoire, now)
            self.continuing.decide(now)
            self.presence.decide(self.turns, now)
