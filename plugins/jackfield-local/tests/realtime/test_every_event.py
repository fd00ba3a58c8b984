"""Of the 46 server events of the official client, the ones that this server sends, and why not the others."""

from jackfield_local.engine import effects as orders

from .oracle import MODELS
from .scene import Scene, loud, only, silent

NEVER = {
    # The preview's name of `conversation.item.added`; clients must not count an item twice.
    "conversation.item.created",
    # Speakers are not told apart.
    "conversation.item.input_audio_transcription.segment",
    # Telephone keys: no telephones.
    "input_audio_buffer.dtmf_event_received",
    # Remote MCP tools are not run by this server; Jackfield runs MCP servers itself.
    "mcp_list_tools.in_progress",
    "mcp_list_tools.completed",
    "mcp_list_tools.failed",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.mcp_call.in_progress",
    "response.mcp_call.completed",
    "response.mcp_call.failed",
}
TOOL = {"type": "function", "name": "look"}
HEARD = {"transcription": {"model": "whisper-1"}}


def everything() -> set[str]:
    """One long session of each kind; every event of it is checked as it is taken (`scene.Scene.take`)."""
    seen: set[str] = set()
    for plays in (False, True):
        idle = {"type": "server_vad", "idle_timeout_ms": 5000}
        scene = Scene(
            plays=plays, seconds=600, tools=[TOOL], audio={"input": {**HEARD, "turn_detection": idle}}
        )
        seen |= {str(event["type"]) for event in scene.session.greeting()}
        for events in a_session(scene):
            seen |= {event["type"] for event in events}
    return seen


def a_session(scene: Scene):
    yield scene.send("session.update", session={"type": "realtime", "instructions": "Be kind."})
    yield scene.send("session.update", session={})
    yield scene.hear(silent(200) + loud(500) + silent(600))
    yield scene.understand("hello")
    think = scene.thinks()
    said = scene.say(think, "One moment.", 400)
    yield said
    yield scene.call(think, at="one")
    yield scene.done(think)
    spoken = said[0]["item"]["id"]
    scene.session.play_started(spoken)
    scene.session.play_finished(spoken, 400, False, scene.now)
    yield scene.take()
    scene.now = min(scene.session.deadline, scene.now + 10)
    scene.session.tick(scene.now)
    yield scene.take()
    written = scene.thinks()
    yield scene.done(written)
    written = scene.ask(output_modalities=["text"])
    yield scene.say(written, "Hi.")
    yield scene.done(written)
    yield scene.send("conversation.item.retrieve", item_id=spoken)
    over = scene.ask()
    said = scene.say(over, "Once upon a time", 400)
    scene.session.play_started(said[0]["item"]["id"])
    yield scene.hear(loud(500))
    scene.session.play_finished(said[0]["item"]["id"], 100, True, scene.now)
    yield scene.take()
    yield scene.hear(silent(600))
    yield scene.understand(None)
    yield scene.send("conversation.item.truncate", item_id=spoken, content_index=0, audio_end_ms=0)
    yield scene.send("conversation.item.delete", item_id=spoken)
    yield scene.send("input_audio_buffer.clear")
    scene.session.tick(scene.now + 10_000)
    yield scene.take()


def test_every_event_is_sent_or_left_out_for_a_reason() -> None:
    assert len(MODELS) == 46
    assert everything() == MODELS.keys() - NEVER


def test_a_session_that_has_ended_orders_its_own_end() -> None:
    scene = Scene(seconds=1)
    scene.session.tick(scene.now + 2)
    assert only(scene.take(), "error")
    assert scene.ordered(orders.Close)
