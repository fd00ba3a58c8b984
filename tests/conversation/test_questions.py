"""What a running tool wants to know of the caller: asked, answered, declined, given up, never forgotten."""

import pytest

from jackfield.calls import CallPolicy, Inquiry, OnBargeIn, ReplyKind
from jackfield.conversation.inquiries import MOST_STANDING, NEXT, REPLY, Standing
from jackfield.notices import QuestionAnswered, QuestionAsked
from tests.conversation.line import Line, Tools

SHELF = Inquiry("Which shelf?", {"type": "object", "properties": {"shelf": {"type": "string"}}})
POLICIES = {
    "count": CallPolicy(timeout=10, announce_after=2, answer_within=30),
    "fragile": CallPolicy(timeout=10, announce_after=None, on_barge_in=OnBargeIn.CANCEL),
}


def running(*tools: str) -> Line:
    """A line on which the model has called these tools, and has nothing else to say."""
    line = Line(Tools(POLICIES))
    line.service.begin()
    for number, tool in enumerate(tools or ("count",)):
        line.service.call(f"call_{number}", tool)
    line.settle_wires()
    return line


def ask(line: Line, call: str = "call_0", inquiry: Inquiry = SHELF) -> str:
    name = line.conversation.inquire(call, inquiry, line.now)
    line.carry_out()
    return name


def later(line: Line, seconds: float) -> None:
    """Time passes, and nothing stays on the wires."""
    end = line.now + seconds
    while line.now < end:
        line.settle_wires()
        line.wait(min(0.5, end - line.now))
    line.settle_wires()


def answers(line: Line) -> list[str]:
    return [notice.answer for notice in line.notices if isinstance(notice, QuestionAnswered)]


def asked(line: Line) -> list[str]:
    return [notice.question_id for notice in line.notices if isinstance(notice, QuestionAsked)]


def test_the_model_is_told_to_ask_and_gets_the_tools_for_the_answer() -> None:
    line = running()
    question = ask(line)
    assert line.question == question
    line.settle_wires()
    said = [item for item in line.service.items if item.get("role") == "system"]
    assert "Which shelf?" in str(said)
    assert "answer_question" in str(said)
    assert line.service.requests, "and is asked to speak"


def test_what_the_caller_answers_reaches_the_tool() -> None:
    line = running()
    question = ask(line)
    line.conversation.say("shelf B", line.now)
    assert line.conversation.accept(question, {"shelf": "B"}, line.now)
    line.carry_out()
    assert line.replies[question].kind is ReplyKind.ACCEPTED
    assert line.replies[question].values == {"shelf": "B"}
    assert line.question == ""
    assert answers(line) == ["accepted"]


def test_the_model_cannot_answer_before_the_caller_has_spoken_but_a_button_can() -> None:
    line = running()
    question = ask(line)
    assert not line.conversation.accept(question, {"shelf": "A"}, line.now)
    line.carry_out()
    assert not line.replies
    assert line.conversation.accept(question, {"shelf": "A"}, line.now, by_button=True)


def test_a_no_is_told_and_a_second_answer_is_none() -> None:
    line = running()
    question = ask(line)
    assert line.conversation.decline(question, line.now)
    assert not line.conversation.accept(question, {}, line.now, by_button=True)
    line.carry_out()
    assert line.replies[question].kind is ReplyKind.DECLINED
    assert answers(line) == ["declined"]


def test_the_time_of_a_call_stands_still_while_the_caller_is_asked() -> None:
    line = running()
    later(line, 8)
    question = ask(line)
    later(line, 20)
    assert not line.cancelled
    line.conversation.decline(question, line.now)
    line.carry_out()
    later(line, 1.9)
    assert not line.cancelled
    later(line, 0.2)
    assert line.cancelled == ["call_0"]


def test_a_question_that_nobody_answers_is_declined_in_the_end() -> None:
    line = running()
    question = ask(line)
    later(line, 29.9)
    assert not line.replies
    later(line, 0.2)
    assert line.replies[question].kind is ReplyKind.DECLINED
    assert answers(line) == ["expired"]
    assert not line.cancelled


def test_a_call_that_waits_for_the_caller_is_not_announced() -> None:
    line = running()
    ask(line)
    line.settle()
    assert not any("still running" in str(request) for request in line.service.requests[:1])
    before = len(line.service.requests)
    later(line, 20)
    line.settle_wires()
    assert len(line.service.requests) == before


def test_a_caller_who_interrupts_to_answer_does_not_stop_what_asked() -> None:
    line = running("fragile", "fragile")
    line.service.begin()
    ask(line, "call_0")
    line.service.speech_starts()
    line.settle_wires()
    assert line.cancelled == ["call_1"]


def test_one_question_is_asked_at_a_time_each_with_its_own_patience() -> None:
    line = running("count", "count")
    first, second = ask(line, "call_0"), ask(line, "call_1")
    assert asked(line) == [first]
    later(line, 20)
    line.conversation.decline(first, line.now)
    line.carry_out()
    assert asked(line) == [first, second]
    assert line.question == second
    later(line, 29)
    assert second not in line.replies
    later(line, 2)
    assert line.replies[second].kind is ReplyKind.DECLINED


def test_an_answer_to_one_question_is_none_to_the_next() -> None:
    line = running("count", "count")
    first, second = ask(line, "call_0"), ask(line, "call_1")
    line.conversation.say("shelf B", line.now)
    assert line.conversation.accept(first, {"shelf": "B"}, line.now)
    assert not line.conversation.accept(second, {"shelf": "B"}, line.now), "that was asked after it"


def test_the_end_of_a_call_takes_back_what_it_asked() -> None:
    line = running("count", "count")
    questions = [ask(line, "call_0"), ask(line, "call_0"), ask(line, "call_1")]
    line.finish("call_0")
    assert [line.replies[each].kind for each in questions[:2]] == [ReplyKind.CANCELLED] * 2
    assert asked(line) == [questions[0], questions[2]], "what is taken back is not asked first"
    assert line.question == questions[2]


def test_a_tool_may_take_its_question_back() -> None:
    line = running()
    question = ask(line)
    line.conversation.withdraw(question, line.now)
    line.conversation.withdraw(question, line.now)
    line.carry_out()
    assert line.replies[question].kind is ReplyKind.CANCELLED
    assert answers(line) == ["withdrawn"]


def test_nobody_is_asked_for_a_call_that_is_over_nor_too_much_at_once() -> None:
    line = running()
    assert not line.conversation.inquire("call_9", SHELF, line.now)
    assert all(ask(line) for _ in range(MOST_STANDING))
    assert not ask(line)
    line.finish("call_0")
    assert len(line.replies) == MOST_STANDING


def test_a_page_to_open_is_named_to_the_caller_in_full() -> None:
    line = running()
    ask(line, inquiry=Inquiry("Please sign.", url="https://sign.example/7"))
    line.settle_wires()
    assert "https://sign.example/7" in str(line.service.items)
    (notice,) = [each for each in line.notices if isinstance(each, QuestionAsked)]
    assert notice.url == "https://sign.example/7"


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_has_its_row_and_every_end_its_reply(standing: Standing) -> None:
    assert (standing in REPLY) is (not NEXT[standing])
