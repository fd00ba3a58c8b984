"""Playback on a line: the session owns it and tells what is heard."""

from jackfield_local.engine import effects as orders

from .scene import Scene, loud, only, silent, types


def speaking(scene: Scene, text: str = "one two three four", milliseconds: int = 2000) -> tuple[str, str]:
    """The agent has said all of it and is being heard; the response and the item."""
    think = scene.ask()
    item_id = scene.say(think, text, milliseconds)[0]["item"]["id"]
    scene.session.play_started(item_id)
    scene.take()
    return think.response_id, item_id


def test_sound_goes_to_the_line_and_not_into_events() -> None:
    scene = Scene(plays=True)
    think = scene.ask()
    events = scene.say(think, "Hi.", 300) + scene.done(think)
    assert "response.output_audio.delta" not in types(events)
    assert "response.output_audio_transcript.delta" in types(events)
    (play,) = scene.ordered(orders.Play)
    assert play.pcm == loud(300)
    assert scene.ordered(orders.FinishPlay) == [orders.FinishPlay(play.item_id)]


def test_the_agent_is_speaking_from_started_to_stopped() -> None:
    scene = Scene(plays=True)
    think = scene.ask()
    item_id = scene.say(think, "Hi.", 300)[0]["item"]["id"]
    scene.session.play_started(item_id)
    assert types(scene.take()) == ["output_audio_buffer.started"]
    assert "output_audio_buffer.stopped" not in types(scene.done(think))
    scene.session.play_finished(item_id, 300, False, scene.now)
    stopped = only(scene.take(), "output_audio_buffer.stopped")
    assert stopped["response_id"] == think.response_id


def test_stopped_never_comes_before_the_response_is_done() -> None:
    scene = Scene(plays=True, tools=[{"type": "function", "name": "look"}])
    think = scene.ask()
    item_id = scene.say(think, "One moment.", 300)[0]["item"]["id"]
    scene.call(think)
    scene.session.play_started(item_id)
    scene.session.play_finished(item_id, 300, False, scene.now)
    assert types(scene.take()) == ["output_audio_buffer.started"]
    assert types(scene.done(think))[:2] == ["response.done", "output_audio_buffer.stopped"]


def test_a_response_without_sound_touches_no_buffer() -> None:
    scene = Scene(plays=True, tools=[{"type": "function", "name": "look"}])
    think = scene.ask()
    events = scene.call(think) + scene.done(think)
    assert not [kind for kind in types(events) if kind.startswith("output_audio_buffer")]


def test_speaking_over_the_agent_silences_it_and_tells_what_was_heard() -> None:
    scene = Scene(plays=True)
    response_id, item_id = speaking(scene)
    events = scene.hear(loud(200))
    assert only(events, "response.done")["response"]["status_details"]["reason"] == "turn_detected"
    assert scene.ordered(orders.Flush) == [orders.Flush()]
    scene.session.play_finished(item_id, 500, True, scene.now)
    cut = scene.take()
    assert types(cut) == ["output_audio_buffer.cleared", "conversation.item.truncated"]
    assert cut[0]["response_id"] == response_id
    assert (cut[1]["item_id"], cut[1]["audio_end_ms"]) == (item_id, 500)
    scene.hear(silent(600))
    scene.understand("no, wait")
    heard = scene.thinks().thought.items[-2]["content"][0]["transcript"]
    assert heard == "one"


def test_an_answer_that_is_generated_but_still_playing_is_silenced_too() -> None:
    scene = Scene(plays=True)
    think = scene.ask()
    item_id = scene.say(think, "one two", 2000)[0]["item"]["id"]
    scene.session.play_started(item_id)
    scene.done(think)
    assert "response.done" not in types(scene.hear(loud(200)))
    assert scene.ordered(orders.Flush) == [orders.Flush()]
    scene.session.play_finished(item_id, 1000, True, scene.now)
    assert types(scene.take()) == ["output_audio_buffer.cleared", "conversation.item.truncated"]


def test_a_response_of_several_messages_is_cleared_once() -> None:
    scene = Scene(plays=True, tools=[{"type": "function", "name": "look"}])
    think = scene.ask()
    first = scene.say(think, "One moment.", 1000)[0]["item"]["id"]
    scene.call(think)
    second = scene.say(think, "Still looking.", 1000)[0]["item"]["id"]
    scene.session.play_started(first)
    scene.hear(loud(200))
    scene.session.play_finished(first, 400, True, scene.now)
    scene.session.play_finished(second, 0, True, scene.now)
    cut = scene.take()
    assert types(cut).count("output_audio_buffer.cleared") == 1
    ends = [event["audio_end_ms"] for event in cut if event["type"] == "conversation.item.truncated"]
    assert ends == [400, 0]


def test_nothing_is_flushed_when_nothing_plays() -> None:
    scene = Scene(plays=True)
    scene.hear(loud(300))
    assert not scene.ordered(orders.Flush)


def test_a_client_can_stop_playback_by_hand() -> None:
    scene = Scene(plays=True)
    response_id, item_id = speaking(scene)
    scene.send("response.cancel")
    assert not scene.ordered(orders.Flush), "cancelling alone lets the buffer play out"
    scene.send("output_audio_buffer.clear")
    assert scene.ordered(orders.Flush) == [orders.Flush()]
    scene.session.play_finished(item_id, 100, True, scene.now)
    assert only(scene.take(), "output_audio_buffer.cleared")["response_id"] == response_id


def test_the_wait_for_the_caller_begins_when_the_agent_has_been_heard() -> None:
    detection = {"type": "server_vad", "idle_timeout_ms": 5000}
    scene = Scene(plays=True, audio={"input": {"turn_detection": detection}})
    think = scene.ask()
    item_id = scene.say(think, "Hi.", 300)[0]["item"]["id"]
    scene.session.play_started(item_id)
    scene.done(think)
    assert scene.session.deadline > scene.now + 1000
    scene.now += 0.3
    scene.session.play_finished(item_id, 300, False, scene.now)
    assert scene.session.deadline == scene.now + 5


def test_reports_about_unknown_sound_change_nothing() -> None:
    scene = Scene(plays=True)
    scene.session.play_started("item_gone")
    scene.session.play_finished("item_gone", 10, False, scene.now)
    scene.session.play_finished("item_gone", 10, True, scene.now)
    assert scene.take() == []
