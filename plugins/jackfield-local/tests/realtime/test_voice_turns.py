"""Spoken turns on a WebSocket: the client owns playback."""

import pytest

from jackfield_local.engine import effects as orders

from .scene import Scene, error, loud, only, silent, types

TRANSCRIBED = {"transcription": {"model": "whisper-1"}}
COMMITTED = ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]


def detection(**fields: object) -> dict:
    return {"input": {"turn_detection": {"type": "server_vad", **fields}}}


def test_a_turn_is_announced_committed_and_answered() -> None:
    scene = Scene()
    scene.hear(silent(1000))
    started = only(scene.hear(loud(800)), "input_audio_buffer.speech_started")
    assert started["audio_start_ms"] == pytest.approx(700, abs=64)
    ended = scene.hear(silent(700))
    assert types(ended) == ["input_audio_buffer.speech_stopped", *COMMITTED, "response.created"]
    assert {event["item_id"] for event in ended[:2]} == {started["item_id"]}
    assert ended[0]["audio_end_ms"] == pytest.approx(2300, abs=64)
    item = ended[2]["item"]
    assert item["id"] == started["item_id"]
    assert item["content"] == [{"type": "input_audio", "transcript": None}]


def test_words_are_recognised_before_the_turn_is_over() -> None:
    scene = Scene()
    scene.hear(loud(800) + silent(300))
    (guess,) = (one for one in scene.orders if isinstance(one, orders.Recognise))
    assert len(guess.pcm) < 1100 * 48
    scene.understand("what time is it")
    scene.hear(silent(400))
    assert not scene.ordered(orders.Recognise), "what was recognised is not recognised again"
    thought = scene.thinks().thought
    assert thought.items[0]["content"][0]["transcript"] == "what time is it"


def test_a_guess_is_worth_nothing_when_the_caller_goes_on() -> None:
    scene = Scene()
    scene.hear(loud(800) + silent(300))
    scene.understand("what time")
    scene.hear(loud(500) + silent(300))
    scene.understand("what time is it in Lima")
    scene.hear(silent(400))
    thought = scene.thinks().thought
    assert thought.items[0]["content"][0]["transcript"] == "what time is it in Lima"


def test_a_late_guess_of_a_turn_that_went_on_is_forgotten() -> None:
    scene = Scene()
    scene.hear(loud(800) + silent(300))
    (early,) = scene.ordered(orders.Recognise)
    scene.hear(loud(500) + silent(600))
    scene.session.heard(early.ticket, None, scene.now)
    assert not [one for one in scene.orders if isinstance(one, orders.Think)]
    scene.understand("all of it")
    assert scene.thinks().thought.items[0]["content"][0]["transcript"] == "all of it"


def test_the_response_waits_for_the_words_and_says_how_long() -> None:
    scene = Scene()
    created = scene.hear(loud(800) + silent(600))
    assert types(created)[-1] == "response.created"
    assert not [one for one in scene.orders if isinstance(one, orders.Think)]
    scene.now += 0.08
    scene.understand("hello")
    think = scene.thinks()
    scene.now += 0.01
    scene.say(think, "Hi.")
    scene.now += 0.03
    scene.session.sounded(think.response_id, loud(100), scene.now)
    metadata = only(scene.done(think), "response.done")["response"]["metadata"]
    assert metadata["jackfield_end_of_turn_ms"] == "512.0"
    assert 60 < float(metadata["jackfield_recognition_ms"]) < 200
    assert (metadata["jackfield_mind_ms"], metadata["jackfield_synthesis_ms"]) == ("10.0", "30.0")


def test_transcripts_are_told_only_to_who_asked_for_them() -> None:
    kind = "conversation.item.input_audio_transcription"
    quiet = Scene()
    quiet.hear(loud(500) + silent(600))
    assert not [one for one in types(quiet.understand("hello")) if one.startswith(kind)]
    scene = Scene(audio={"input": TRANSCRIBED})
    item_id = only(scene.hear(loud(500) + silent(600)), "input_audio_buffer.committed")["item_id"]
    told = scene.understand("hello")
    assert types(told) == [f"{kind}.delta", f"{kind}.completed"]
    assert told[1]["item_id"] == item_id and told[1]["transcript"] == "hello"
    assert told[1]["usage"]["type"] == "duration"
    found = scene.send("conversation.item.retrieve", item_id=item_id)[0]["item"]
    assert found["content"][0]["transcript"] == "hello"


def test_ears_that_fail_do_not_end_the_conversation() -> None:
    scene = Scene(audio={"input": TRANSCRIBED})
    scene.hear(loud(500) + silent(600))
    told = scene.understand(None)
    failed = only(told, "conversation.item.input_audio_transcription.failed")
    assert failed["error"]["code"] == "audio_unintelligible"
    assert scene.thinks().thought.items[0]["content"][0]["transcript"] == ""


def test_silence_patience_and_prefix_are_the_clients() -> None:
    scene = Scene(audio=detection(silence_duration_ms=200, prefix_padding_ms=0))
    scene.hear(silent(1000))
    events = scene.hear(loud(500) + silent(300))
    assert only(events, "input_audio_buffer.speech_started")["audio_start_ms"] == pytest.approx(1000, abs=64)
    assert only(events, "input_audio_buffer.speech_stopped")["audio_end_ms"] == pytest.approx(1700, abs=64)


@pytest.mark.parametrize(("eagerness", "ends_within"), [("high", 400), ("medium", 700), ("low", 1100)])
def test_eagerness_is_a_length_of_silence(eagerness: str, ends_within: int) -> None:
    scene = Scene(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": eagerness}}})
    assert "input_audio_buffer.speech_stopped" not in types(scene.hear(loud(500) + silent(ends_within - 200)))
    assert "input_audio_buffer.speech_stopped" in types(scene.hear(silent(200)))


def test_without_automatic_responses_the_turn_is_only_committed() -> None:
    scene = Scene(audio=detection(create_response=False))
    assert types(scene.hear(loud(500) + silent(600)))[2:] == COMMITTED


def test_without_detection_the_client_commits() -> None:
    scene = Scene(audio={"input": {"turn_detection": None}})
    assert scene.append(loud(1000) + silent(1000)) == []
    committed = scene.send("input_audio_buffer.commit")
    assert types(committed) == COMMITTED
    scene.understand("hello")
    scene.send("response.create")
    assert scene.thinks().thought.items[0]["content"][0]["transcript"] == "hello"


def test_too_little_sound_cannot_be_committed() -> None:
    scene = Scene(audio={"input": {"turn_detection": None}})
    scene.append(silent(50))
    fault = error(scene.send("input_audio_buffer.commit"))
    assert fault["code"] == "input_audio_buffer_commit_empty"
    assert fault["message"] == (
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        "but buffer only has 50.00ms of audio."
    )


def test_a_cleared_buffer_is_empty() -> None:
    scene = Scene(audio={"input": {"turn_detection": None}})
    scene.append(loud(500))
    assert types(scene.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert error(scene.send("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


def test_a_commit_in_the_middle_of_a_turn_takes_it_over() -> None:
    scene = Scene()
    item_id = only(scene.hear(loud(500)), "input_audio_buffer.speech_started")["item_id"]
    assert scene.send("input_audio_buffer.commit")[0]["item_id"] == item_id
    assert scene.hear(silent(1000)) == []


def test_one_long_event_is_heard_like_many_short_ones() -> None:
    scene = Scene()
    events = scene.append(silent(200) + loud(500) + silent(700) + loud(500) + silent(100))
    assert types(events) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        *COMMITTED,
        "response.created",
        "input_audio_buffer.speech_started",
        "response.done",
        "rate_limits.updated",
    ]


def test_telephone_sound_is_heard_too() -> None:
    scene = Scene(audio={"input": {"format": {"type": "audio/pcmu"}}})
    from_silence = b"\xff" * 8 * 300
    shouting = (b"\x00" * 8 + b"\x80" * 8) * 300
    sound = [from_silence, shouting, from_silence * 3]
    events = [one for part in sound for one in scene.append_encoded(part)]
    assert "input_audio_buffer.speech_stopped" in types(events)


def test_speaking_over_a_response_cancels_it() -> None:
    scene = Scene()
    think = scene.ask()
    scene.say(think, "Once upon a time", 200)
    events = scene.hear(loud(200))
    assert types(events)[0] == "input_audio_buffer.speech_started"
    response = only(events, "response.done")["response"]
    assert response["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert response["output"][0]["status"] == "incomplete"
    assert scene.ordered(orders.StopThinking)
    assert not scene.ordered(orders.Flush), "on a WebSocket the client stops its own playback"


def test_speaking_over_a_response_that_is_generated_changes_nothing() -> None:
    scene = Scene()
    scene.answer("Once upon a time", 4000)
    assert types(scene.hear(loud(200))) == ["input_audio_buffer.speech_started"]


def test_a_response_out_of_band_is_not_interrupted() -> None:
    scene = Scene()
    scene.send("response.create", response={"conversation": "none"})
    beside = scene.thinks()
    scene.hear(loud(300))
    assert only(scene.done(beside), "response.done")["response"]["status"] == "completed"


def test_a_client_may_forbid_interruption() -> None:
    scene = Scene(audio=detection(interrupt_response=False))
    think = scene.ask()
    events = scene.hear(loud(500) + silent(600))
    fault = only(events, "error")["error"]
    assert fault["code"] == "conversation_already_has_active_response"
    assert only(scene.done(think), "response.done")["response"]["status"] == "completed"


def test_settings_that_change_in_a_turn_leave_the_turn_alone() -> None:
    scene = Scene()
    scene.hear(loud(500))
    scene.send("session.update", session={"type": "realtime", "instructions": "New."})
    assert "input_audio_buffer.committed" in types(scene.hear(silent(600)))


def test_detection_can_be_switched_off_and_on() -> None:
    scene = Scene()
    scene.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    assert scene.hear(loud(500) + silent(700)) == []
    scene.send("session.update", session={"type": "realtime", "audio": detection()})
    started = only(scene.hear(loud(500)), "input_audio_buffer.speech_started")
    assert started["audio_start_ms"] >= 900


def test_a_caller_who_says_nothing_is_spoken_to() -> None:
    scene = Scene(audio=detection(idle_timeout_ms=5000))
    scene.answer("Are you there?", 1000)
    scene.hear(silent(3000))
    assert scene.session.deadline == pytest.approx(scene.now + 3)
    scene.now = scene.session.deadline
    scene.session.tick(scene.now)
    events = scene.take()
    assert types(events) == ["input_audio_buffer.timeout_triggered", *COMMITTED, "response.created"]
    assert events[0]["audio_end_ms"] == 3000
    assert scene.thinks().thought.items[-1]["content"][0]["transcript"] == ""


def test_speech_ends_the_wait_for_it() -> None:
    scene = Scene(audio=detection(idle_timeout_ms=5000))
    scene.answer("Are you there?", 1000)
    scene.hear(loud(300))
    assert scene.session.deadline > scene.now + 1000


def test_a_session_ends_after_its_time() -> None:
    scene = Scene(seconds=60)
    assert scene.session.deadline == scene.now + 60
    scene.session.tick(scene.now + 60)
    assert error(scene.take())["code"] == "session_expired"
    assert scene.ordered(orders.Close) == [orders.Close(1001, "session_expired")]


def test_sound_without_end_does_not_fill_the_memory() -> None:
    scene = Scene(audio={"input": {"turn_detection": None}})
    for _ in range(11):
        scene.append(silent(60_000))
    scene.send("input_audio_buffer.commit")
    (order,) = scene.ordered(orders.Recognise)
    assert len(order.pcm) == 5 * 60_000 * 48
