"""The sideband was away, or the service is late: what happened unseen is found out before we ask for more."""

import pytest

from jackfield.conversation.bearings import MOST_TAKEN_OUT
from jackfield.conversation.states import PATIENCE, Response
from jackfield.notices import AgentSaid, CallHeard, Trouble
from tests.conversation.line import Line


def a_call(line: Line, call_id: str = "call_1") -> None:
    """The model answers the caller's turn with one function call, and stops."""
    line.service.begin()
    line.service.call(call_id, "lookup")
    line.service.end()
    line.settle_wires()


def a_line_after_an_unseen_call() -> Line:
    """The sideband is there again; what the model called while it was away nobody has seen."""
    line = Line()
    line.lose()
    line.service.begin()
    line.service.call("call_1", "lookup")
    line.service.end()
    line.regain()
    return line


def a_line_after_an_unseen_greeting_began() -> Line:
    """The sideband is there again; it was lost just as the response that we had asked for began."""
    line = Line()
    line.conversation.announce("Good day.", line.now)
    line.carry_out()
    line.service.read_one()
    line.lose()
    line.regain()
    return line


def items(line: Line) -> list[str]:
    """What is in the conversation, by the ids; a mark that stays is only called that."""
    names = [str(each["id"]) for each in line.service.conversation]
    return ["mark" if name.startswith("jf_mark") else name for name in names]


def granted(line: Line) -> int:
    """How many responses were begun because we asked."""
    return len([each for each in line.service.responses if each.metadata])


def troubles(line: Line) -> list[str]:
    return [each.message for each in line.notices if isinstance(each, Trouble)]


def test_who_saw_everything_leaves_no_trace() -> None:
    line = Line()
    a_call(line)
    line.finish("call_1")
    line.settle()
    before = items(line)
    line.lose()
    line.regain()
    line.settle()
    assert items(line) == before
    assert granted(line) == 1
    assert troubles(line) == []


def test_a_session_that_is_attached_for_the_first_time_looks_for_nothing() -> None:
    line = Line()
    assert not line.service.inbox


@pytest.mark.parametrize("count", [1, 2, 5])
def test_function_calls_that_nobody_saw_are_taken_out_and_the_model_is_asked_again(count: int) -> None:
    line = Line()
    line.lose()
    line.service.begin()
    for number in range(count):
        line.service.call(f"call_{number}", "lookup")
    line.service.end()
    line.regain()
    line.settle()
    assert items(line) == ["mark"]
    assert line.started == []
    assert granted(line) == 1
    assert len(troubles(line)) == 1


def test_what_the_model_said_before_an_unseen_function_call_stays_and_is_told() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    line.service.says("item_a1", "assistant", "Let me look.")
    line.service.call("call_1", "lookup")
    line.service.end()
    line.regain()
    line.settle()
    assert items(line)[0] == "item_a1"
    assert "item_call_1" not in items(line)
    assert [each.text for each in line.notices if isinstance(each, AgentSaid)] == ["Let me look."]
    assert granted(line) == 1


def test_an_unseen_function_call_behind_a_turn_of_the_callers_is_told_to_the_model() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    line.service.call("call_1", "lookup")
    line.service.end()
    line.service.says("item_u1", "user", "Hello?")
    line.regain()
    line.settle()
    *_, last = line.service.conversation
    assert "has no output, was not run" in str(last["content"])
    assert "item_call_1" in items(line)


def test_an_unseen_function_call_behind_what_is_sent_again_is_told_to_the_model() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    line.service.call("call_1", "lookup")
    line.service.call("call_2", "lookup")
    line.service.end()
    line.conversation.say("Hello?", line.now)
    line.regain()
    line.settle()
    assert "item_call_2" not in items(line)
    assert items(line)[0] == "item_call_1"
    assert items(line)[-1] == "mark"


def test_an_unseen_function_call_that_a_turn_hides_while_a_look_is_begun_anew_is_told_to_the_model() -> None:
    line = a_line_after_an_unseen_call()
    line.service.read_one()  # the mark is set, and the sideband lost again before that is known
    line.lose()
    line.regain()
    line.service.read_one()
    line.deliver()  # the mark of the look before is found, and a third one is sent
    line.service.says("item_u1", "user", "Hello?")
    line.settle()
    assert items(line) == ["item_call_1", "item_u1", "mark"]


def test_an_unseen_function_call_behind_one_that_was_seen_is_found_all_the_same() -> None:
    line = a_line_after_an_unseen_call()
    line.service.begin()
    line.service.call("call_2", "lookup")  # before the mark is read
    line.service.end()
    line.settle_wires()
    line.finish("call_2")
    line.settle()
    assert "item_call_1" not in items(line)
    assert line.started == ["call_2"]
    assert line.service.outputs == ["call_2"]


def test_what_is_at_work_is_not_among_what_the_model_is_to_ask_for_again() -> None:
    line = Line()
    a_call(line)
    line.lose()
    line.regain()
    mark = line.service.inbox[0]
    assert "not about what is still at work: lookup" in str(mark["item"])
    line.settle_wires()
    assert "item_call_1" in items(line)


def test_half_a_function_call_is_left_where_it_is() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    line.service.call("call_1", "lookup", status="incomplete")
    line.service.end("cancelled")
    line.regain()
    line.settle()
    assert "item_call_1" in items(line)
    assert line.started == []


def test_a_service_full_of_unseen_function_calls_is_not_searched_for_ever() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    for number in range(3 * MOST_TAKEN_OUT):
        line.service.call(f"call_{number}", "lookup")
    line.service.end()
    line.regain()
    line.settle()
    assert len([each for each in items(line) if each.startswith("item_call")]) == 2 * MOST_TAKEN_OUT


def test_a_function_call_that_somebody_put_there_is_taken_out_as_one_that_nobody_made() -> None:
    line = Line()
    line.service.put_call("call_1", "lookup")
    line.settle_wires()
    line.lose()
    line.regain()
    line.settle()
    assert items(line) == ["mark"]
    assert line.started == []


# --- nothing is said twice ----------------------------------------------------------------------------------


def an_output_is_asked_about(line: Line) -> None:
    a_call(line)
    line.finish("call_1")
    while line.service.inbox:
        line.service.read_one()


def test_what_was_answered_while_nobody_saw_is_not_asked_about_again() -> None:
    line = Line()
    an_output_is_asked_about(line)
    line.service.says("item_a1", "assistant", "It is ready.")
    line.service.end()
    line.lose()
    line.regain()
    line.settle()
    assert granted(line) == 1
    assert [each.call_id for each in line.notices if isinstance(each, CallHeard)] == ["call_1"]
    assert [each.text for each in line.notices if isinstance(each, AgentSaid)] == ["It is ready."]


def test_what_is_being_answered_when_the_sideband_is_back_is_not_asked_about_again() -> None:
    line = Line()
    an_output_is_asked_about(line)
    line.lose()
    line.regain()
    line.service.read_one()  # the mark: nothing stands before it yet
    line.deliver()
    line.settle()
    assert granted(line) == 1
    assert [each.call_id for each in line.notices if isinstance(each, CallHeard)] == ["call_1"]


def test_a_greeting_that_was_lost_on_the_way_is_said_after_all() -> None:
    line = Line()
    line.conversation.announce("Good day.", line.now)
    line.carry_out()
    line.lose()
    line.regain()
    line.settle()
    assert granted(line) == 1
    assert "Good day." in str(line.service.requests[-1]["response"])


def test_a_greeting_that_was_said_unseen_is_not_said_again() -> None:
    line = Line()
    line.conversation.announce("Good day.", line.now)
    line.carry_out()
    line.service.read_one()
    line.service.says("item_a1", "assistant", "Good day.")
    line.service.end()
    line.lose()
    line.regain()
    line.settle()
    assert granted(line) == 1


def test_a_turn_that_the_caller_had_unseen_is_answered_by_the_service_alone() -> None:
    line = Line()
    a_call(line)
    line.lose()
    line.service.says("item_u1", "user", "And what does it cost?")
    line.regain()
    line.settle_wires()
    assert line.conversation._floor.response is Response.EXPECTED
    line.finish("call_1")
    assert not [each for each in line.service.inbox if each["type"] == "response.create"]
    line.service.begin()
    line.settle()
    assert any("call_1" in response.knows for response in line.service.responses)


def test_what_was_typed_just_before_the_loss_is_no_turn_that_the_service_answers_by_itself() -> None:
    line = Line()
    line.conversation.say("Hello?", line.now)
    line.carry_out()
    line.service.read_one()  # the words arrive; nobody hears that, and the request is lost
    line.lose()
    line.regain()
    line.settle_wires()
    assert line.now == 0
    assert granted(line) == 1


def test_a_result_that_an_older_response_could_not_know_is_said_even_if_that_is_twice() -> None:
    line = Line()
    a_call(line)
    line.service.begin()
    while line.service.outbox:
        line.deliver()  # a response is there that does not know the output
    line.finish("call_1")
    line.service.read_one()
    line.deliver()
    line.lose()
    line.service.says("item_a1", "assistant", "Let me see.")
    line.service.end()
    line.regain()
    line.settle()
    assert granted(line) == 1
    assert any("call_1" in response.knows for response in line.service.responses if response.metadata)


def test_a_result_that_never_arrived_was_heard_by_no_response() -> None:
    line = Line()
    a_call(line)
    line.finish("call_1")
    line.lose()
    line.service.begin()
    line.service.says("item_a1", "assistant", "One moment.")
    line.service.end()
    line.regain()
    line.settle()
    assert any("call_1" in response.knows for response in line.service.responses if response.metadata)


@pytest.mark.parametrize("seconds", [1, 4, 12])
def test_a_response_that_is_late_is_waited_for(seconds: float) -> None:
    line = Line()
    an_output_is_asked_about(line)
    line.service.says("item_a1", "assistant", "It is ready.")
    line.service.end()
    late = [line.service.outbox.popleft() for _ in range(len(line.service.outbox))]
    line.wait(seconds)
    while line.service.inbox:  # the service has ended that response before it hears that anybody is impatient
        line.service.read_one()
    line.service.outbox.extendleft(reversed(late))
    line.settle()
    assert granted(line) == 1


def test_a_request_that_the_service_forgot_is_made_again() -> None:
    line = Line()
    a_call(line)
    line.finish("call_1")
    line.service.read_one()
    line.service.inbox.clear()  # the request, by whatever went wrong there
    line.view.clear()
    line.settle()
    assert line.now >= PATIENCE[Response.REQUESTED]
    assert granted(line) == 1


def test_a_service_that_does_not_answer_at_all_is_asked_again_in_the_end() -> None:
    line = Line()
    a_call(line)
    line.finish("call_1")
    line.settle_wires()
    line.service.end() if line.service.active else None
    a_call(line, "call_2")
    line.finish("call_2")
    line.service.inbox.clear()
    line.view.clear()
    line.wait(PATIENCE[Response.REQUESTED] + PATIENCE[Response.UNSURE] + 1)
    asked = [each for each in line.service.inbox if each["type"] == "response.create"]
    assert len(asked) == 1


def test_a_look_that_is_cut_short_by_another_loss_leaves_one_mark() -> None:
    line = Line()
    line.lose()
    line.service.begin()
    line.service.call("call_1", "lookup")
    line.service.end()
    for _ in range(3):
        line.regain()
        line.service.read_one()
        line.lose()
    line.regain()
    line.settle()
    assert items(line) == ["mark"]
    assert granted(line) == 1


def test_errors_about_a_mark_are_nobodys_trouble() -> None:
    line = Line()
    line.conversation.announce("Good day.", line.now)
    line.carry_out()
    line.lose()
    line.regain()
    mark = line.service.inbox.popleft()
    line.service._error("invalid_value", mark)
    line.settle()
    assert troubles(line) == []
    assert granted(line) == 1


def test_what_the_agent_was_to_say_is_said_once_though_the_sideband_drops_as_it_begins() -> None:
    line = a_line_after_an_unseen_greeting_began()
    while line.service.inbox or line.service.outbox:  # it has no item yet, so that nobody sees one
        line.service.read_one() if line.service.inbox else line.deliver()
    line.service.says("item_a1", "assistant", "Good day.")
    line.service.end()
    line.settle()
    assert granted(line) == 1
    assert troubles(line) == []


def test_what_the_agent_was_to_say_is_not_said_again_by_a_request_that_crosses_its_end() -> None:
    line = a_line_after_an_unseen_greeting_began()
    line.service.read_one()
    while line.service.outbox:
        line.deliver()  # so it is asked for again
    line.service.says("item_a1", "assistant", "Good day.")
    line.service.end()  # just before that is read
    line.conversation.say("Hello?", line.now)
    while line.service.inbox and line.service.inbox[0]["type"] != "response.cancel":
        line.service.read_one()
        while line.service.outbox:
            line.deliver()
    (cancel,) = line.service.inbox
    assert cancel["type"] == "response.cancel"
    line.service.inbox.clear()
    line.service.end("cancelled")
    line.settle()
    assert len([each for each in line.service.responses if each.knows]) == 1, "the caller is answered, once"


def test_what_the_agent_was_to_say_is_said_once_though_the_response_is_late() -> None:
    line = Line()
    line.conversation.announce("Good day.", line.now)
    line.carry_out()
    (asked,) = line.service.inbox
    line.service.inbox.clear()
    line.view.clear()  # for whoever believes that it is lost
    line.wait(PATIENCE[Response.REQUESTED] + PATIENCE[Response.UNSURE] + 1)  # given up, and asked for again
    line.service.inbox.clear()
    line.service.inbox.append(asked)
    line.settle_wires()
    line.wait(PATIENCE[Response.REQUESTED] + PATIENCE[Response.UNSURE] + 1)
    line.settle()
    assert len([each for each in line.service.responses if each.metadata]) == 1


def test_what_a_look_that_was_cut_short_would_have_found_is_told_to_the_model() -> None:
    line = Line()
    line.service.begin()
    line.service.call("call_1", "lookup")
    line.lose()  # nobody has seen it
    line.regain()
    line.service.call("call_2", "lookup")
    line.service.end()
    line.deliver()  # it begins; where it stands is not told any more
    line.lose()
    line.regain()
    line.settle()
    assert items(line) == ["item_call_1", "item_call_2", "mark", "out_call_2"]
