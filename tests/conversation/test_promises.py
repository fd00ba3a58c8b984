"""The nine promises of the conversation, over every interleaving that Hypothesis can think of.

The machine below drives both ends: it lets the model of the service act, tools finish, wires deliver and
time pass, in any order. The promises are checked at each step, and once more when all has come to rest.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jackfield.calls import CallPolicy, Deliver, Inquiry, OnBargeIn, Outcome, OutcomeKind
from jackfield.conversation.states import PATIENCE
from jackfield.notices import CallHeard, CallReceived
from tests.conversation.line import Line, Tools

POLICIES = {
    "quick": CallPolicy(timeout=5, announce_after=None),
    "announced": CallPolicy(timeout=30, announce_after=2),
    "silent": CallPolicy(timeout=5, announce_after=None, deliver=Deliver.SILENT),
    "job": CallPolicy(timeout=5, announce_after=None, background=True),
    "asked": CallPolicy(timeout=5, announce_after=None, confirm=True),
    "fragile": CallPolicy(timeout=5, announce_after=None, on_barge_in=OnBargeIn.CANCEL),
    "asking": CallPolicy(timeout=5, announce_after=None, answer_within=8),
}
UNSEEN = ("a turn", "a call", "words", "an end")
OUTCOMES = st.sampled_from([Outcome(kind, "value", "message") for kind in OutcomeKind])


class Promises(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.line = Line(Tools(POLICIES))
        self.calls: dict[str, str] = {}
        self.incomplete: set[str] = set()
        self.failures = 0
        self.losses = 0
        self.lag = 0.0
        self.unwanted: set[str] = set()
        self.unlucky: set[str] = set()
        self.questions: set[str] = set()

    # --- the service ---------------------------------------------------------------------------------

    @precondition(lambda self: self.line.service.inbox)
    @rule()
    def the_service_reads(self) -> None:
        self.line.service.read_one()

    @precondition(lambda self: self.line.service.active and len(self.calls) < 8)
    @rule(tool=st.sampled_from(sorted(POLICIES)))
    def the_model_calls_a_tool(self, tool: str) -> None:
        call_id = f"call_{len(self.calls)}"
        self.calls[call_id] = tool
        self.line.service.call(call_id, tool)

    @precondition(lambda self: self.line.service.active and len(self.incomplete) < 3)
    @rule()
    def a_function_call_is_cut_off(self) -> None:
        call_id = f"half_{len(self.incomplete)}"
        self.incomplete.add(call_id)
        self.line.service.call(call_id, "quick", status="incomplete")

    @precondition(lambda self: self.line.service.active)
    @rule()
    def the_response_ends(self) -> None:
        self.line.service.end()

    @precondition(lambda self: self.line.service.active and not self.failures)
    @rule()
    def the_response_fails(self) -> None:
        self.failures += 1
        self.line.service.end("failed")

    @precondition(lambda self: not self.line.service.speaking)
    @rule()
    def the_caller_speaks(self) -> None:
        self.line.service.speech_starts()

    @precondition(lambda self: self.line.service.speaking)
    @rule()
    def the_caller_stops(self) -> None:
        self.line.service.speech_stops()

    # --- our side ------------------------------------------------------------------------------------

    @precondition(lambda self: self.line.service.outbox)
    @rule(more=st.booleans())
    def an_event_arrives(self, more: bool) -> None:
        self.line.deliver(more=more)

    @precondition(lambda self: self.line.delivered)
    @rule(data=st.data())
    def an_event_arrives_again(self, data: st.DataObject) -> None:
        recent = [event for event in self.line.delivered[-20:] if event["type"] != "error"]
        if recent:
            self.line.repeat(data.draw(st.sampled_from(recent)))

    @precondition(lambda self: self.line.conversation.running)
    @rule(data=st.data(), outcome=OUTCOMES, more=st.booleans())
    def a_tool_finishes(self, data: st.DataObject, outcome: Outcome, more: bool) -> None:
        call_id = data.draw(st.sampled_from([call.id for call in self.line.conversation.running]))
        before = len(self.line.service.inbox)
        self.line.finish(call_id, outcome, more=more)
        assert len(self.line.service.inbox) > before, "promise 5: a result is sent as soon as it is there"

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def a_tool_finishes_too_late_or_twice(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from([*self.calls, "call_99"]))
        if call_id not in [each.id for each in self.line.conversation.running]:
            before = len(self.line.outputs_sent)
            self.line.finish(call_id)
            assert len(self.line.outputs_sent) == before

    @precondition(lambda self: self.line.conversation.running)
    @rule(data=st.data())
    def work_is_cancelled(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from([call.id for call in self.line.conversation.running]))
        self.unwanted.add(call_id)
        self.line.conversation.cancel(call_id, "not wanted", self.line.now)
        self.line.carry_out()

    @rule(data=st.data(), agreed=st.booleans())
    def a_button_is_pressed(self, data: st.DataObject, agreed: bool) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.calls) or ["call_0"]))
        self.line.conversation.settle(call_id, agreed, self.line.now)
        self.line.carry_out()

    @precondition(lambda self: self.line.conversation.running)
    @rule(data=st.data())
    def a_tool_asks_the_caller(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from([call.id for call in self.line.conversation.running]))
        self.questions.add(self.line.conversation.inquire(call_id, Inquiry("Which?"), self.line.now))
        self.questions.discard("")
        self.line.carry_out()

    @precondition(lambda self: self.questions)
    @rule(data=st.data(), answer=st.sampled_from(["yes", "by button", "no", "never mind"]))
    def a_question_is_settled(self, data: st.DataObject, answer: str) -> None:
        question = data.draw(st.sampled_from(sorted(self.questions)))
        before = dict(self.line.replies)
        conversation, now = self.line.conversation, self.line.now
        if answer == "no":
            known = conversation.decline(question, now)
        elif answer == "never mind":
            known = conversation.withdraw(question, now) or question not in before
        else:
            known = conversation.accept(question, {"it": 1}, now, by_button=answer == "by button")
        self.line.carry_out()
        assert known is (self.line.replies != before), "what counts is told to the tool, and nothing else is"

    @rule(text=st.sampled_from(["hello", "what about my laptop"]))
    def the_caller_types(self, text: str) -> None:
        self.line.conversation.say(text, self.line.now)
        self.line.carry_out()

    @rule(seconds=st.sampled_from([0.05, 0.2, 1.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        """Nothing stays on a wire for longer than the conversation's patience: that would be a loss."""
        while seconds > 0:
            piece = min(seconds, 0.5)
            busy = bool(self.line.service.inbox or self.line.service.outbox)
            self.lag = self.lag + piece if busy else 0.0
            if self.lag >= min(PATIENCE.values()) - 1:
                return
            self.line.wait(piece)
            seconds -= piece

    @precondition(lambda self: self.losses < 2)
    @rule(seconds=st.sampled_from([0.1, 1.0, 20.0]), unseen=st.lists(st.sampled_from(UNSEEN), max_size=4))
    def the_sideband_breaks_and_comes_back(self, seconds: float, unseen: list[str]) -> None:
        """What is on the wires is lost, and so is what is said meanwhile."""
        self.losses += 1
        self.unlucky |= self.crossing()
        self.line.lose()
        for happening in unseen:
            self.happen(happening)
        self.line.wait(seconds)
        self.line.regain()

    def happen(self, unseen: str) -> None:
        """Something goes on at the service, if it can at this moment."""
        service = self.line.service
        if unseen == "a turn" and not service.speaking:
            service.speech_starts()
            service.speech_stops()
        elif unseen == "a call" and service.active and len(self.calls) < 8:
            self.the_model_calls_a_tool("quick")
        elif unseen == "words" and service.active:
            service.says(f"item_a{len(service.conversation)}", "assistant", "Let me see.")
        elif unseen == "an end" and service.active:
            service.end()

    def crossing(self) -> set[str]:
        """What was asked about while the service began a response of its own, of which nobody knows yet. When
        the sideband breaks at just that moment, nobody can tell it from the one that was asked for."""
        created = [each for each in self.line.service.outbox if each["type"] == "response.created"]
        own = [each for each in created if not each["response"]["metadata"]]  # type: ignore[index,call-overload]
        return set(self.line.service.known) if own and "asked" in self.line.view else set()

    # --- what must hold ------------------------------------------------------------------------------

    @invariant()
    def no_function_call_is_answered_twice(self) -> None:
        assert self.losses or len(self.line.outputs_sent) == len(set(self.line.outputs_sent))
        assert self.losses or not self.line.service.repeated

    @invariant()
    def half_a_function_call_is_neither_run_nor_answered(self) -> None:
        assert self.incomplete.isdisjoint(self.line.started)
        assert self.incomplete.isdisjoint(self.line.outputs_sent)

    @invariant()
    def only_a_fragile_tool_is_stopped_by_a_barge_in(self) -> None:
        timeouts = {c for c in self.line.cancelled if self.line.now >= 5}
        others = set(self.line.cancelled) - timeouts - self.unwanted
        assert all(self.calls[c] == "fragile" for c in others)

    def teardown(self) -> None:
        self.line.service.speaking and self.line.service.speech_stops()
        self.line.settle()
        self.every_function_call_is_answered_once()
        self.everything_to_be_spoken_about_was_heard()
        self.silent_tools_alone_cause_no_response()
        self.nothing_is_lost()
        self.nothing_is_kept()
        assert set(self.line.replies) == self.questions, "every tool that asks is told what became of it"

    def every_function_call_is_answered_once(self) -> None:
        received = [each.call_id for each in self.line.notices if isinstance(each, CallReceived)]
        assert len(received) == len(set(received))
        known = {call_id for call_id in received if not call_id.startswith("job_")}
        assert sorted(self.line.service.outputs) == sorted(known)
        assert known <= set(self.calls)
        assert self.losses or known == set(self.calls), "only what was said to nobody is not received"
        jobs = [call_id for call_id in self.line.started if call_id.startswith("job_")]
        assert len(jobs) == len([call_id for call_id in known if self.calls[call_id] == "job"])
        assert set(self.line.started) - set(jobs) <= {c for c, tool in self.calls.items() if tool != "job"}
        run = {call_id for call_id in known if self.calls[call_id] not in ("job", "asked")}
        assert run <= set(self.line.started)

    def nothing_is_lost(self) -> None:
        """A function call that nobody saw is in the conversation no more, or the model is told that it was
        not run, by a mark behind it."""
        received = {each.call_id for each in self.line.notices if isinstance(each, CallReceived)}
        order = [str(each.get("call_id") or each["id"]) for each in self.line.service.conversation]
        for call_id in self.calls.keys() - received:
            behind = order[order.index(call_id) :] if call_id in order else ["jf_mark"]
            assert any(each.startswith("jf_mark") for each in behind), f"{call_id} is lost"

    def everything_to_be_spoken_about_was_heard(self) -> None:
        """Heard by a response that knew it from the start; a failed one does not count, for it was tried
        once more."""
        known = {item for item in self.line.service.known if not item.startswith("jf_mark")}
        wanted = {item for item in known - self.unlucky if self.calls.get(item) != "silent"}
        heard = {item for response in self.line.service.responses for item in response.knows}
        assert wanted <= heard, f"never heard: {wanted - heard}"
        ours = {notice.call_id for notice in self.line.notices if isinstance(notice, CallHeard)}
        assert {item for item in wanted if item in self.calls} <= ours

    def silent_tools_alone_cause_no_response(self) -> None:
        others = self.line.service.known - {c for c, tool in self.calls.items() if tool == "silent"}
        if (
            not others
            and not self.losses
            and not self.failures
            and not self.questions
            and "announced" not in self.calls.values()
        ):
            assert not self.line.service.requests

    def nothing_is_kept(self) -> None:
        assert not self.line.conversation.running
        assert len(self.line.conversation._ours) == 0


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
