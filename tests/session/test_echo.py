"""What of a service's description of a session differs from what was asked for."""

from jackfield.session.echo import Difference, Echo, differences

ASKED = {
    "type": "realtime",
    "instructions": "Be brief.",
    "audio": {
        "input": {
            "turn_detection": {"type": "semantic_vad", "eagerness": "low", "create_response": True},
            "transcription": {"model": "gpt-transcribe", "languages": ["en"]},
            "noise_reduction": {"type": "far_field"},
        },
        "output": {"voice": "marin", "speed": 1.1},
    },
    "truncation": {
        "type": "retention_ratio",
        "retention_ratio": 0.8,
        "token_limits": {"post_instructions": 9},
    },
    "tracing": "auto",
    "max_output_tokens": 1000,
}


def found(**changes: object) -> list[tuple[str, str, str]]:
    """The differences where the service answers with the changes, by path with `__` between the keys."""
    given = dict(ASKED)
    for path, value in changes.items():
        *above, last = path.split("__")
        place = given
        for key in above:
            place[key] = dict(place[key])
            place = place[key]
        place[last] = value
    return [(each.field, each.asked, each.given) for each in differences(ASKED, given)]


def test_an_honest_service_differs_in_nothing() -> None:
    assert found() == []
    assert found(instructions="of the service", id="sess_1", output_modalities=["text"]) == []


def test_a_turn_detection_of_another_kind_is_one_difference() -> None:
    given = {"type": "server_vad", "threshold": 0.5, "create_response": True}
    differing = [("audio.input.turn_detection.type", "semantic_vad", "server_vad")]
    assert found(audio__input__turn_detection=given) == differing


def test_values_within_a_section_are_compared_one_by_one() -> None:
    assert found(
        audio__output__voice="alloy",
        audio__input__turn_detection__eagerness="auto",
        audio__input__transcription__languages=["es"],
        truncation__token_limits={"post_instructions": 8},
    ) == [
        ("audio.output.voice", "marin", "alloy"),
        ("audio.input.turn_detection.eagerness", "low", "auto"),
        ("audio.input.transcription.languages", '["en"]', '["es"]'),
        ("truncation.token_limits.post_instructions", "9", "8"),
    ]


def test_a_section_that_was_dropped_is_a_difference() -> None:
    assert found(
        audio__input__noise_reduction=None, tracing=None, max_output_tokens="inf", truncation="auto"
    ) == [
        ("audio.input.noise_reduction", '{"type": "far_field"}', "null"),
        (
            "truncation",
            '{"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 9}}',
            "auto",
        ),
        ("max_output_tokens", "1000", "inf"),
        ("tracing", "auto", "null"),
    ]


def test_what_means_the_same_is_no_difference() -> None:
    assert found(audio__output__voice={"id": "marin"}, audio__output__speed=1.10004) == []
    assert found(tracing={"workflow_name": "default"}) == []
    assert list(differences(ASKED, {"type": "realtime", "audio": {"input": {}}, "tracing": "auto"})) == []


def test_what_makes_no_sense_is_no_accident() -> None:
    assert list(differences(ASKED, {"audio": [], "truncation": "auto"}))
    assert not list(differences({}, ASKED))


def test_a_difference_is_news_once() -> None:
    echo = Echo(ASKED)
    given = {"audio": {"output": {"voice": "alloy"}}}
    assert echo.news(given) == [Difference("audio.output.voice", "marin", "alloy")]
    assert echo.news(given) == []
