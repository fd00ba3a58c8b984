"""The conversation in single scenes, each of them a promise that a caller would notice if it broke."""

import pytest

from jackfield.calls import CallPolicy, Deliver, OnBargeIn, Outcome, OutcomeKind
from jackfield.conversation.consent import MOST_QUESTIONS, TIME_LIMIT
from jackfield.conversation.service_errors import BENIGN, FATAL
from jackfield.conversation.speaking import WINDOW
from jackfield.notices import CallFinished, ConfirmationAsked, ConfirmationSettled, Trouble
from tests.conversation.line import Line, Tools
from tests.conversation.service import on_the_wire


def a_line(**policies: CallPolicy) -> Line:
    return Line(Tools(policies))


def exchange(line: Line) -> None:
    """Whatever is on the wires arrives; nobody else does anything."""
    while line.service.inbox or line.service.outbox:
        if line.service.inbox:
            line.service.read_one()
        else:
            line.deliver()


def a_call(line: Line, call_id: str = "call_1", tool: str = "lookup") -> None:
    """The model answers the caller's turn with one function call, and stops."""
    line.service.begin()
    line.service.call(call_id, tool)
    line.service.end()
    exchange(line)


def event(line: Line, **fields: object) -> None:
    line.conversation.receive(on_the_wire(fields), line.now)
    line.carry_out()


def requests(line: Line) -> int:
    return len(line.service.requests)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_whatever_becomes_of_a_tool_its_call_gets_one_output_and_is_spoken_about(kind: OutcomeKind) -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1", Outcome(kind, {"state": "ready"}, "It broke."))
    line.finish("call_1")
    exchange(line)
    assert line.service.outputs == ["call_1"]
    assert not line.service.repeated
    assert requests(line) == 1


def test_a_tool_that_takes_too_long_is_stopped_and_the_model_is_told() -> None:
    line = a_line(lookup=CallPolicy(timeout=5, announce_after=None))
    a_call(line)
    line.wait(5)
    exchange(line)
    assert line.cancelled == ["call_1"]
    [finished] = [notice for notice in line.notices if isinstance(notice, CallFinished)]
    assert finished.outcome is OutcomeKind.TIMEOUT
    assert line.service.outputs == ["call_1"]


def test_a_function_call_goes_to_its_tool_and_an_output_to_the_model_before_anything_is_decided() -> None:
    line = a_line()
    line.service.begin()
    line.service.call("call_1", "lookup")
    while line.service.outbox:
        line.deliver(more=True)
    assert line.started == ["call_1"]
    line.finish("call_1", more=True)
    assert line.outputs_sent == ["call_1"]
    line.service.end()
    exchange(line)
    assert requests(line) == 1


def test_what_comes_in_one_breath_is_decided_about_together() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1", more=True)
    line.service.speech_starts()
    line.deliver(more=True)
    exchange(line)
    assert (line.service.outputs, requests(line)) == (["call_1"], 0), "the caller speaks already"
    line.service.speech_stops()
    exchange(line)
    assert line.service.busy_errors == 0


def test_finished_arguments_alone_start_nothing() -> None:
    line = a_line()
    names = {"response_id": "resp_1", "item_id": "item_1", "call_id": "call_1", "name": "lookup"}
    event(line, type="response.function_call_arguments.done", arguments="{}", **names)
    assert line.started == []


def test_a_function_call_that_no_response_made_is_not_run() -> None:
    line = a_line()
    item = {"type": "function_call", "status": "completed", "call_id": "call_1", "name": "lookup"}
    event(line, type="conversation.item.added", item=item)
    event(line, type="conversation.item.done", item=item)
    assert line.started == []


def test_a_function_call_is_also_found_in_the_response_that_ends() -> None:
    line = a_line()
    item = {"type": "function_call", "status": "completed", "call_id": "call_1", "name": "lookup"}
    event(line, type="response.created", response={"id": "resp_1"})
    event(line, type="response.done", response={"id": "resp_1", "status": "completed", "output": [item]})
    assert line.started == ["call_1"]


def test_a_function_call_that_is_announced_again_when_it_is_long_over_is_not_run_again() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    line.settle()
    for event_again in list(line.delivered):
        line.repeat(event_again)
    assert line.started == ["call_1"]


def test_a_result_that_crosses_a_response_in_flight_is_not_lost() -> None:
    line = a_line()
    a_call(line)
    line.service.begin()  # begun before the output reached the service, and not heard of by us yet
    line.finish("call_1")
    exchange(line)
    line.service.end()
    line.settle()
    assert any("call_1" in response.knows for response in line.service.responses)


def test_a_response_begun_before_the_output_was_added_has_not_heard_it() -> None:
    line = a_line()
    a_call(line)
    line.service.begin()
    exchange(line)
    line.finish("call_1")
    exchange(line)
    assert requests(line) == 0, "a response is active"
    line.service.end()
    exchange(line)
    assert requests(line) == 1


def test_no_response_is_asked_for_while_the_caller_speaks() -> None:
    line = a_line()
    a_call(line)
    line.service.speech_starts()
    exchange(line)
    line.finish("call_1")
    exchange(line)
    assert line.service.outputs == ["call_1"], "the output itself waits for nobody"
    assert requests(line) == 0
    line.service.speech_stops()
    line.settle()
    assert requests(line) == 0, "the response to the caller's turn knows the output"


def test_a_busy_service_is_asked_again_after_its_response() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    line.service.begin()
    exchange(line)
    assert line.service.busy_errors == 1
    line.service.end()
    line.settle()
    assert [("call_1" in response.knows) for response in line.service.responses].count(True) == 1


def test_what_the_agent_was_to_say_is_said_once_though_the_service_was_busy() -> None:
    line = a_line()
    line.conversation.announce("Good morning.", line.now)
    line.carry_out()
    line.service.begin()
    line.settle()
    assert line.service.busy_errors == 1
    granted = [request for request in line.service.requests if "Good morning." in str(request)]
    assert len(granted) == 2, "once refused as busy, once granted"
    assert len(line.service.responses) == 2


def test_outputs_that_come_together_share_one_response() -> None:
    line = a_line()
    line.service.begin()
    for number in range(3):
        line.service.call(f"call_{number}", "lookup")
    line.service.end()
    exchange(line)
    for number in range(3):
        line.finish(f"call_{number}")
    line.settle()
    assert requests(line) == 1


def test_a_fast_result_waits_for_a_slow_sibling_no_longer_than_the_window() -> None:
    line = a_line()
    line.service.begin()
    line.service.call("fast", "lookup")
    line.service.call("slow", "lookup")
    line.service.end()
    exchange(line)
    line.finish("fast")
    line.wait(WINDOW / 2)
    exchange(line)
    assert requests(line) == 0
    line.wait(WINDOW)
    exchange(line)
    assert requests(line) == 1


def test_what_the_caller_types_does_not_wait_for_a_tool_that_runs() -> None:
    line = a_line()
    a_call(line)
    line.conversation.say("Are you still there?", line.now)
    line.carry_out()
    exchange(line)
    assert requests(line) == 1


def test_an_answer_by_a_button_does_not_wait_for_a_tool_that_runs() -> None:
    line = a_line(pay=CallPolicy(confirm=True))
    a_call(line, "call_1", "pay")
    line.service.end()  # of the response that asks the caller
    exchange(line)
    a_call(line, "call_2")
    before = requests(line)
    line.conversation.settle("call_1", True, line.now)
    line.carry_out()
    exchange(line)
    assert requests(line) == before + 1


def test_a_question_that_others_crowd_out_is_told_to_have_expired() -> None:
    line = a_line(pay=CallPolicy(confirm=True))
    for number in range(MOST_QUESTIONS + 1):
        line.service.begin()
        line.service.call(f"call_{number}", "pay", arguments=f'{{"amount": {number}}}')
        line.service.end()
        exchange(line)
        line.service.end()  # of the response that asks the caller
        exchange(line)
    settled = [notice for notice in line.notices if isinstance(notice, ConfirmationSettled)]
    assert [(notice.call_id, notice.answer) for notice in settled] == [("call_0", "expired")]


def test_a_single_result_does_not_wait_at_all() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    exchange(line)
    assert requests(line) == 1


def test_a_silent_tool_is_answered_and_not_spoken_about() -> None:
    line = a_line(note=CallPolicy(deliver=Deliver.SILENT, announce_after=None))
    a_call(line, tool="note")
    line.finish("call_1")
    line.settle()
    assert line.service.outputs == ["call_1"]
    assert requests(line) == 0


def test_a_barge_in_stops_only_the_tools_that_ask_for_it() -> None:
    line = a_line(fragile=CallPolicy(on_barge_in=OnBargeIn.CANCEL, announce_after=None))
    line.service.begin()
    line.service.call("keeps", "lookup")
    line.service.call("stops", "fragile")
    exchange(line)
    line.service.speech_starts()
    exchange(line)
    assert line.cancelled == ["stops"]
    assert [call.id for call in line.conversation.running] == ["keeps"]


def test_speaking_while_the_agent_is_silent_is_no_barge_in() -> None:
    line = a_line(fragile=CallPolicy(on_barge_in=OnBargeIn.CANCEL, announce_after=None))
    a_call(line, tool="fragile")
    line.service.speech_starts()
    exchange(line)
    assert line.cancelled == []


def test_speaking_over_sound_that_is_still_going_out_is_a_barge_in() -> None:
    line = a_line(fragile=CallPolicy(on_barge_in=OnBargeIn.CANCEL, announce_after=None))
    a_call(line, tool="fragile")
    event(line, type="output_audio_buffer.started", response_id="resp_0")
    line.service.speech_starts()
    exchange(line)
    assert line.cancelled == ["call_1"]


@pytest.mark.parametrize("code", sorted(BENIGN))
def test_benign_errors_change_nothing(code: str) -> None:
    line = a_line()
    a_call(line)
    before = len(line.notices)
    event(line, type="error", error={"code": code, "message": "no harm done"})
    assert (len(line.notices), line.closed, requests(line)) == (before, "", 0)


@pytest.mark.parametrize("code", sorted(FATAL))
def test_fatal_errors_end_the_session_with_a_reason(code: str) -> None:
    line = a_line()
    event(line, type="error", error={"code": code, "message": "that is that"})
    assert code in line.closed
    line.conversation.say("hello?", line.now)
    assert line.conversation.deadline is None


def test_a_failed_response_is_tried_once_more_and_then_reported() -> None:
    line = a_line()
    for _ in range(2):
        if line.service.active is None:
            line.service.begin()
        line.service.end("failed")
        exchange(line)
        line.wait(2)
        while line.service.inbox:
            line.service.read_one()
    assert requests(line) == 1
    assert [notice for notice in line.notices if isinstance(notice, Trouble)]


def test_a_service_that_refuses_every_request_is_not_asked_for_ever() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    for _ in range(20):
        while line.service.inbox and line.service.inbox[0]["type"] != "response.create":
            line.service.read_one()
        if line.service.inbox:
            line.service.fail_request()
        exchange(line)
        line.wait(1.5)
    assert not line.service.inbox
    assert line.conversation.deadline is None


def test_a_slow_tool_is_announced_once_when_the_line_has_been_quiet_for_a_while() -> None:
    line = a_line(slow=CallPolicy(timeout=30, announce_after=2))
    a_call(line, tool="slow")
    line.conversation.progress("call_1", "the supplier is looking", line.now)
    line.wait(1.9)
    exchange(line)
    assert requests(line) == 0
    line.wait(0.2)
    exchange(line)
    [request] = line.service.requests
    assert request["response"]["tool_choice"] == "none"  # type: ignore[index]
    assert "the supplier is looking" in str(request)
    assert "Be kind." in str(request), "the session's instructions are repeated (§3.3)"
    line.service.end()
    exchange(line)
    line.wait(10)
    exchange(line)
    assert requests(line) == 1


def test_a_slow_tool_is_not_announced_while_the_caller_or_the_agent_talks() -> None:
    line = a_line(slow=CallPolicy(timeout=60, announce_after=2))
    a_call(line, tool="slow")
    event(line, type="output_audio_buffer.started", response_id="resp_0")
    line.wait(10)
    assert requests(line) == 0
    event(line, type="output_audio_buffer.stopped", response_id="resp_0")
    line.wait(1.9)
    exchange(line)
    assert requests(line) == 0
    line.wait(0.2)
    exchange(line)
    assert requests(line) == 1


def test_out_of_band_responses_neither_hold_the_floor_nor_hear_anything() -> None:
    line = a_line()
    a_call(line)
    event(line, type="response.created", response={"id": "resp_x", "conversation_id": None})
    line.finish("call_1")
    exchange(line)
    assert requests(line) == 1


def test_an_output_that_was_not_acknowledged_is_sent_again_after_the_sideband_was_lost() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    line.service.inbox.clear()  # it never arrived, nor did the request for a response
    line.view.clear()
    line.conversation.detached(line.now)
    line.conversation.attached(line.now)
    line.carry_out()
    line.settle()
    assert line.service.outputs == ["call_1"]
    assert any("call_1" in response.knows for response in line.service.responses)


def test_a_thousand_calls_later_nothing_of_them_is_kept_but_their_names() -> None:
    line = a_line()
    for number in range(1_500):
        a_call(line, f"call_{number}")
        line.finish(f"call_{number}", Outcome(OutcomeKind.VALUE, "x" * 1000))
        line.settle()
    assert len(line.conversation._ours) == 0
    assert len(line.conversation._ours._over) <= 1_000


# --- what must not happen without a yes -------------------------------------------------------------------

CONFIRM = CallPolicy(confirm=True, announce_after=None)


def asked_to(line: Line, call_id: str, arguments: str = "{}") -> None:
    """The model calls the tool `close` with these arguments, and everything arrives."""
    line.service.active or line.service.begin()
    line.service.call(call_id, "close", arguments=arguments)
    line.service.end()
    line.settle_wires()


def turn(line: Line) -> None:
    """The caller says something, and the model answers."""
    line.service.speech_starts()
    line.service.speech_stops()
    line.settle_wires()


def settled(line: Line) -> list[str]:
    return [notice.answer for notice in line.notices if isinstance(notice, ConfirmationSettled)]


def test_a_tool_that_needs_a_yes_is_not_run_before_the_caller_had_a_turn() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1")
    asked_to(line, "call_2")
    assert line.started == []
    assert line.service.outputs == ["call_1", "call_2"], "both are answered: ask the caller"
    [question] = [notice for notice in line.notices if isinstance(notice, ConfirmationAsked)]
    assert question.call_id == "call_1", "one question, which can be answered under this name"


def test_after_the_callers_turn_the_same_call_runs_once() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1", '{"number": 1, "why": "done"}')
    turn(line)
    asked_to(line, "call_2", '{"why": "done", "number": 1}')
    assert line.started == ["call_2"]
    assert settled(line) == ["agreed"]
    asked_to(line, "call_3", '{"number": 1, "why": "done"}')
    assert line.started == ["call_2"], "one yes is for one call"


def test_a_yes_to_one_thing_is_no_yes_to_another() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1", '{"number": 1}')
    turn(line)
    asked_to(line, "call_2", '{"number": 2}')
    assert line.started == []


def test_a_button_agrees_without_a_spoken_turn() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1")
    assert line.conversation.settle("call_1", True, line.now)
    line.carry_out()
    line.settle_wires()
    asked_to(line, "call_2")
    assert line.started == ["call_2"]


def test_a_button_refuses_and_the_question_is_gone() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1")
    assert line.conversation.settle("call_1", False, line.now)
    line.carry_out()
    line.settle_wires()
    turn(line)
    asked_to(line, "call_2")
    assert line.started == []
    assert settled(line) == ["refused"]
    assert not line.conversation.settle("call_1", True, line.now)


def test_a_plugin_may_want_a_yes_for_a_tool_whose_policy_wants_none() -> None:
    line = a_line(close=CallPolicy(announce_after=None))
    asked_to(line, "call_1", '{"number": 1}')
    line.conversation.ask_first("call_1", '{"number": 1}', "Shall I close it?", line.now)
    line.carry_out()
    line.settle_wires()
    assert line.service.outputs == ["call_1"]
    line.conversation.finish("call_1", Outcome(OutcomeKind.DENIED, message="late"), line.now)
    turn(line)
    asked_to(line, "call_2", '{"number": 2}')
    asked_to(line, "call_3", '{"number": 1}')
    assert line.started == ["call_1", "call_2", "call_3"]
    assert settled(line) == ["agreed"]


def test_a_question_does_not_stand_for_ever() -> None:
    line = a_line(close=CONFIRM)
    asked_to(line, "call_1")
    line.wait(TIME_LIMIT)
    assert settled(line) == ["expired"]
    turn(line)
    asked_to(line, "call_2")
    assert line.started == []


# --- work that goes on --------------------------------------------------------------------------------------


def test_background_work_is_answered_at_once_and_reported_when_it_is_done() -> None:
    line = a_line(count=CallPolicy(background=True, timeout=600, announce_after=2))
    a_call(line, tool="count")
    line.settle_wires()
    assert line.service.outputs == ["call_1"], "answered while the work goes on"
    [job] = line.started
    line.wait(60)
    line.settle_wires()
    before = requests(line)
    line.finish(job, Outcome(OutcomeKind.VALUE, "all counted"))
    line.settle()
    assert requests(line) == before + 1, "its result is spoken about, unasked"
    assert any("all counted" in str(item) for item in line.service.items)


def test_running_work_can_be_cancelled_by_name() -> None:
    line = a_line()
    a_call(line)
    assert line.conversation.cancel("call_1", "The caller does not want it any more.", line.now)
    line.carry_out()
    line.settle()
    assert line.cancelled == ["call_1"]
    assert line.service.outputs == ["call_1"]
    assert not line.conversation.cancel("call_1", "again", line.now)


# --- when the sideband breaks -------------------------------------------------------------------------------


def test_nothing_is_asked_for_while_the_sideband_is_away_and_nothing_is_given_up() -> None:
    line = a_line()
    a_call(line)
    line.conversation.detached(line.now)
    line.finish("call_1")
    line.service.inbox.clear()
    line.wait(60)
    assert not line.service.inbox
    line.conversation.attached(line.now)
    line.carry_out()
    line.settle()
    assert line.service.outputs == ["call_1"]
    assert any("call_1" in response.knows for response in line.service.responses)


def test_what_had_arrived_before_the_sideband_broke_is_not_added_twice_and_is_spoken_about() -> None:
    line = a_line()
    a_call(line)
    line.service.begin()  # it does not know the output
    line.finish("call_1")
    line.service.read_one()  # the output; nobody hears that it was added
    line.service.inbox.clear()
    line.service.outbox.clear()
    line.view.clear()
    line.conversation.detached(line.now)
    line.conversation.attached(line.now)
    line.carry_out()
    line.settle()
    assert line.service.outputs == ["call_1"]
    assert any("call_1" in response.knows for response in line.service.responses)
    assert not [notice for notice in line.notices if isinstance(notice, Trouble)]


def test_an_output_outlives_any_number_of_losses() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    for _ in range(10):
        line.lose()
        line.regain()
        while line.service.inbox[0]["type"] != "response.create":  # that one never arrives
            line.service.read_one()
            while line.service.outbox:
                line.deliver()
    line.settle()
    assert any("call_1" in response.knows for response in line.service.responses)


def test_a_long_response_that_we_never_saw_begin_outlasts_no_output() -> None:
    line = a_line()
    a_call(line)
    line.service.begin()
    line.service.outbox.clear()  # while nobody was attached
    line.conversation.detached(line.now)
    line.conversation.attached(line.now)
    line.finish("call_1")
    for _ in range(10):
        exchange(line)
        line.wait(3)
    line.service.end()
    line.settle()
    assert any("call_1" in response.knows for response in line.service.responses)


def test_the_end_of_another_response_does_not_answer_our_request() -> None:
    line = a_line()
    a_call(line)
    line.service.begin()
    line.service.outbox.clear()
    line.conversation.detached(line.now)
    line.conversation.attached(line.now)
    line.carry_out()
    exchange(line)
    line.finish("call_1")
    line.service.end()
    line.deliver()
    assert len([each for each in line.service.inbox if each["type"] == "response.create"]) == 1


def test_a_response_whose_beginning_was_never_told_has_ended_all_the_same() -> None:
    line = a_line()
    a_call(line)
    line.finish("call_1")
    line.service.read_one()
    line.deliver()
    line.service.read_one()
    line.service.outbox.clear()  # response.created
    line.service.end()
    line.deliver()
    assert line.conversation.deadline is None
