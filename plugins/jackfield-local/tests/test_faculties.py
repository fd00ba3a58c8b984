"""The faculties together: a recorded question is heard, understood and answered."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from jackfield.errors import ConfigurationError
from jackfield_local.ears import MoonshineEars
from jackfield_local.faculties import Faculties, MindSettings, load, load_mind
from jackfield_local.speech import Call, Thought

HERE = Path(__file__).parent
AUDIO = HERE.parent.parent.parent / "tests" / "audio"
TOOLS = json.loads((HERE / "minds" / "brightside.json").read_text())
WORDS = tuple(
    str(text)
    for tool in TOOLS
    for text in (
        tool["description"],
        *(each.get("description", "") for each in tool["parameters"]["properties"].values()),
    )
)


def recording(name: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A file at 24 kHz as the ears get it, at 16 kHz."""
    with wave.open(str(AUDIO / f"{name}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    length = len(sound) * 2 // 3
    return (np.fft.irfft(np.fft.rfft(sound)[: length // 2 + 1], length) * 2 / 3).astype(np.float32)


@pytest.fixture(scope="module")
def faculties() -> Faculties:
    return load()


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("time-and-ticket", [("clock__now", {"city": "Lima"}), ("tickets__find_ticket", {"number": 1042})]),
        ("ask-supplier", [("tickets__ask_supplier", {"part": "ThinkPad screen"})]),
        ("what-time-in-tokyo", [("clock__now", {"city": "Tokyo"})]),
        ("open-on-saturday", [("hours__is_open", {"day": "Saturday"})]),
        ("transfer-workshop", [("transfer_to_workshop", {})]),
    ],
)
async def test_a_recorded_question_leads_to_its_function_calls(
    faculties: Faculties, name: str, calls: list[tuple[str, dict[str, object]]]
) -> None:
    heard = faculties.ears.recognise(recording(name), WORDS)
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": heard.text}]}
    pieces = [piece async for piece in faculties.mind.respond(Thought("", TOOLS, "auto", [item]))]
    assert [(each.name, each.arguments) for each in pieces if isinstance(each, Call)] == calls


def test_the_recordings_are_what_the_voice_says_today(faculties: Faculties) -> None:
    """Not to the sample: another processor rounds a quantised network otherwise."""
    spoken = np.concatenate(list(faculties.voice.speak("What time is it in Tokyo?", "marin", 1.0)))
    with wave.open(str(AUDIO / "what-time-in-tokyo.wav")) as file:
        assert 0.95 < len(spoken) / file.getnframes() < 1.05


def test_each_line_has_an_activity_of_its_own(faculties: Faculties) -> None:
    assert faculties.new_activity() is not faculties.new_activity()


def test_the_same_ears_serve_without_a_mind(ears: MoonshineEars) -> None:
    assert ears.recognise(recording("what-time-in-tokyo"), ()).text == "What time is it in Tokyo?"


async def test_closing_twice_is_no_error() -> None:
    mind = load_mind(MindSettings())
    await mind.aclose()
    await mind.aclose()


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (MindSettings("clever"), 'no mind "clever"; there are rules, script and chat'),
        (MindSettings("script"), "needs the path of a script"),
        (MindSettings("chat", base_url="http://127.0.0.1:9/v1"), "needs mind.base_url and mind.model"),
    ],
)
def test_a_mind_that_cannot_be_had_is_an_error_that_says_what_to_set(
    settings: MindSettings, fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        load_mind(settings)


def test_a_key_is_never_printed() -> None:
    assert "secret" not in repr(MindSettings("chat", base_url="x", model="y", api_key="secret"))
