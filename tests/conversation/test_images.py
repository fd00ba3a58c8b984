"""Images that a tool returned: shown to the model after the output, in one response with it."""

from jackfield.calls import CallPolicy, Deliver, Image, Outcome, OutcomeKind
from tests.conversation.line import Line, Tools

PHOTO = Outcome(
    OutcomeKind.VALUE, "The screen. (an image follows)", images=(Image(b"png"), Image(b"jpg", "image/jpeg"))
)


def a_call(policy: CallPolicy | None = None) -> Line:
    line = Line(Tools({"photo": policy or CallPolicy(announce_after=None)}))
    line.service.begin()
    line.service.call("call_1", "photo")
    line.service.end()
    line.settle_wires()
    return line


def test_images_follow_the_output_as_one_message() -> None:
    line = a_call()
    line.finish("call_1", PHOTO)
    line.settle()
    output, message = line.service.items
    assert output["type"] == "function_call_output"
    assert (message["type"], message["role"]) == ("message", "user")
    assert message["content"] == [
        {"type": "input_text", "text": "(What photo shows; the caller does not see it.)"},
        {"type": "input_image", "image_url": "data:image/png;base64,cG5n"},
        {"type": "input_image", "image_url": "data:image/jpeg;base64,anBn"},
    ]


def test_the_model_speaks_of_both_in_one_response() -> None:
    line = a_call()
    line.finish("call_1", PHOTO)
    line.settle()
    assert len(line.service.requests) == 1


def test_images_of_a_silent_tool_cause_no_response() -> None:
    line = a_call(CallPolicy(announce_after=None, deliver=Deliver.SILENT))
    line.finish("call_1", PHOTO)
    line.settle()
    assert len(line.service.items) == 2
    assert not line.service.requests


def test_images_are_no_turn_of_the_caller() -> None:
    """Or what needs the caller's yes would have it by a picture."""
    line = a_call()
    before = line.conversation.turns
    line.finish("call_1", PHOTO)
    assert line.conversation.turns == before


def test_images_that_were_lost_with_the_control_leg_are_sent_again() -> None:
    line = a_call()
    line.finish("call_1", PHOTO)
    line.service.inbox.clear()
    line.view.clear()
    line.conversation.detached(line.now)
    line.conversation.attached(line.now)
    line.carry_out()
    line.settle()
    kept = [item["type"] for item in line.service.items if item in line.service.conversation]
    assert kept == ["function_call_output", "message"]
