"""The caller holds a button while they speak, and nobody else finds the ends of their turns."""

from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import Note, Send
from jackfield.conversation.listening import SHORTEST_TURN
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import SessionDescribed
from tests.conversation.line import Tools

CLEAR, COMMIT = "input_audio_buffer.clear", "input_audio_buffer.commit"
SILENCE = ["response.cancel", "output_audio_buffer.clear"]


def a_conversation() -> Conversation:
    """With a service that listens for no turns."""
    conversation = Conversation(Tools())
    conversation.attached(0.0)
    described = {"audio": {"input": {"turn_detection": None}}}
    conversation.receive(SessionDescribed(described, updated=True), 0.0)
    done(conversation)
    return conversation


def done(conversation: Conversation) -> list[str]:
    """What was sent, and what was noticed, in order."""
    told = []
    while effects := conversation.effects():
        for effect in effects:
            if isinstance(effect, Send):
                told.append(str(effect.event.as_dict()["type"]))
            elif isinstance(effect, Note):
                told.append(effect.notice.type)
    return told


def test_a_turn_is_what_is_said_while_the_button_is_held_and_is_answered_when_it_is_let_go() -> None:
    conversation = a_conversation()
    conversation.press(1.0)
    assert done(conversation) == [CLEAR, "caller_started_speaking"]
    conversation.tick(3.0)
    assert done(conversation) == []
    conversation.release(3.0)
    assert done(conversation) == ["caller_stopped_speaking", COMMIT, "response.create"]
    assert conversation.turns == 1


def test_pressing_it_while_the_agent_speaks_makes_the_agent_silent() -> None:
    conversation = a_conversation()
    for raw in (
        '{"type": "response.created", "response": {"id": "r1", "status": "in_progress"}}',
        '{"type": "output_audio_buffer.started", "response_id": "r1"}',
    ):
        conversation.receive(decode(raw), 1.0)
    done(conversation)
    conversation.press(2.0)
    assert done(conversation) == [*SILENCE, CLEAR, "caller_started_speaking"]
    conversation.release(4.0)
    assert done(conversation) == ["caller_stopped_speaking", COMMIT]  # the old response is not over yet
    over = '{"type": "response.done", "response": {"id": "r1", "status": "cancelled"}}'
    conversation.receive(decode(over), 4.1)
    assert done(conversation)[-1] == "response.create"


def test_a_touch_by_mistake_is_no_turn() -> None:
    conversation = a_conversation()
    conversation.press(1.0)
    conversation.release(1.0 + SHORTEST_TURN / 2)
    assert done(conversation) == [CLEAR, "caller_started_speaking", "caller_stopped_speaking"]
    assert conversation.turns == 0


def test_what_is_pressed_is_pressed_once_and_what_is_not_cannot_be_let_go() -> None:
    conversation = a_conversation()
    conversation.release(1.0)
    assert done(conversation) == []
    conversation.press(2.0)
    conversation.press(2.5)
    assert done(conversation) == [CLEAR, "caller_started_speaking"]
