"""The session object: strict, merged, echoed in full."""

import pytest

from jackfield_local.engine.session import Session
from jackfield_local.engine.session_settings import SessionSettings

from .scene import Loudness, Scene, error, loud, only, silent, types


def updated(scene: Scene, **session: object) -> dict:
    events = scene.send("session.update", session={"type": "realtime", **session})
    return only(events, "session.updated")["session"]


def refused(scene: Scene, **session: object) -> dict:
    before = scene.session.echo()
    fault = error(scene.send("session.update", session=session))
    assert scene.session.echo() == before
    return fault


def test_the_first_events_show_every_default() -> None:
    scene = Scene()
    created, conversation = scene.session.greeting()
    assert (created["type"], conversation["type"]) == ("session.created", "conversation.created")
    session = created["session"]
    assert session["id"] == scene.session.id
    assert session["expires_at"] == 3600
    assert session["audio"]["input"]["turn_detection"] == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    }


def test_only_what_is_sent_changes() -> None:
    scene = Scene(instructions="Be kind.")
    echo = updated(scene, audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}})
    assert echo["instructions"] == "Be kind."
    detection = echo["audio"]["input"]["turn_detection"]
    assert (detection["threshold"], detection["silence_duration_ms"]) == (0.7, 500)
    assert echo["audio"]["output"]["voice"] == "marin"


def test_fields_are_cleared_with_empty_values() -> None:
    scene = Scene(instructions="x", tools=[{"type": "function", "name": "a"}])
    echo = updated(scene, instructions="", tools=[], audio={"input": {"turn_detection": None}})
    assert (echo["instructions"], echo["tools"]) == ("", [])
    assert echo["audio"]["input"]["turn_detection"] is None


def test_another_kind_of_detection_starts_from_its_own_defaults() -> None:
    echo = updated(Scene(), audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
    assert echo["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    }


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({}, "missing_required_parameter", "session.type"),
        ({"type": "banana"}, "invalid_value", "session.type"),
        ({"type": "transcription"}, "invalid_value", "session.type"),
        ({"type": "realtime", "xyz": 1}, "unknown_parameter", "session.xyz"),
        ({"type": "realtime", "voice": "marin"}, "unknown_parameter", "session.voice"),
        ({"type": "realtime", "temperature": 1}, "unknown_parameter", "session.temperature"),
        ({"type": "realtime", "model": "another"}, "cannot_update_model", "session.model"),
        ({"type": "realtime", "instructions": 7}, "invalid_type", "session.instructions"),
        (
            {"type": "realtime", "audio": {"output": {"speed": 9.5}}},
            "decimal_above_max_value",
            "session.audio.output.speed",
        ),
        (
            {"type": "realtime", "audio": {"input": {"format": {"type": "pcm16"}}}},
            "invalid_value",
            "session.audio.input.format.type",
        ),
        (
            {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "none"}}}},
            "invalid_value",
            "session.audio.input.turn_detection.type",
        ),
        (
            {
                "type": "realtime",
                "audio": {"input": {"turn_detection": {"type": "semantic_vad", "threshold": 1}}},
            },
            "unknown_parameter",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            {"type": "realtime", "tools": [{"type": "function"}]},
            "missing_required_parameter",
            "session.tools[0].name",
        ),
        (
            {"type": "realtime", "tools": [{"type": "function", "name": "a", "strict": True}]},
            "unknown_parameter",
            "session.tools[0].strict",
        ),
        ({"type": "realtime", "tools": [{"type": "mcp"}]}, "invalid_value", "session.tools[0].type"),
        ({"type": "realtime", "prompt": {"id": "pmpt_1"}}, "invalid_value", "session.prompt"),
        (
            {"type": "realtime", "output_modalities": ["text", "audio"]},
            "array_above_max_length",
            "session.output_modalities",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(session: dict, code: str, param: str) -> None:
    fault = refused(Scene(), **session)
    assert (fault["code"], fault["param"]) == (code, param)
    assert fault["type"] == "invalid_request_error"


def test_the_wording_of_an_unknown_parameter() -> None:
    assert refused(Scene(), type="realtime", xyz=1)["message"] == "Unknown parameter: 'session.xyz'."


def test_the_voice_is_fixed_once_it_was_heard() -> None:
    scene = Scene()
    assert updated(scene, audio={"output": {"voice": "cedar"}})["audio"]["output"]["voice"] == "cedar"
    scene.answer()
    session = {"type": "realtime", "instructions": "New.", "audio": {"output": {"voice": "marin"}}}
    assert refused(scene, **session)["code"] == "cannot_update_voice"
    assert updated(scene, instructions="New.", audio={"output": {"voice": "cedar"}})["instructions"] == "New."


def test_an_error_names_the_event_that_caused_it() -> None:
    assert error(Scene().send("session.update", session={}, event_id="e1"))["event_id"] == "e1"


def test_events_that_are_none_are_answered_and_harm_nothing() -> None:
    scene = Scene()
    for text, code in [
        ("{", "invalid_json"),
        ("[]", "invalid_event"),
        ("{}", "invalid_event"),
        ('{"type":"scooby.dooby.doo"}', "invalid_value"),
        ('{"type":7}', "invalid_value"),
        ('{"type":"response.create","event_id":7}', "invalid_type"),
        ('{"type":"session.update"}', "missing_required_parameter"),
        ('{"type":"input_audio_buffer.append","audio":"%"}', "invalid_value"),
        ('{"type":"output_audio_buffer.clear"}', "invalid_value"),
    ]:
        scene.session.receive(text, scene.now)
        assert error(scene.take())["code"] == code, text
    assert types(scene.type("Hello")) == ["conversation.item.added", "conversation.item.done"]


def test_a_transcription_session_listens_and_never_speaks() -> None:

    scene = Scene()
    settings = SessionSettings.from_client(
        {"type": "transcription", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
    )
    scene.session = Session(settings, Loudness(), plays=False, now=scene.now, wall=0.0)
    assert scene.session.greeting()[0]["session"]["object"] == "realtime.transcription_session"
    scene.hear(loud(500))
    assert "input_audio_buffer.committed" in types(scene.hear(silent(600)))
    assert types(scene.understand("hi"))[-1] == "conversation.item.input_audio_transcription.completed"
    assert error(scene.send("response.create"))["code"] == "bad_response_create"
