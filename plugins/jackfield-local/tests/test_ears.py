"""Ears: real models on speech made by the real voice, and on everything that is not speech."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from jackfield_local import ears as ears_module
from jackfield_local.activity import FRAME, Silero, activity_of
from jackfield_local.bias import Bias
from jackfield_local.ears import MoonshineEars
from jackfield_local.expectations import expectations
from jackfield_local.models import SILERO, TOKENS, locate
from jackfield_local.speech import EAR_RATE, Audio
from jackfield_local.tokens import Tokens

Say = Callable[..., Audio]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("What time is it in Tokyo?", "What time is it in Tokyo?"),
        ("Ticket 1042 is ready now.", "Ticket 1042 is ready now."),
        ("Are you open on Saturday?", "Are you open on Saturday?"),
        ("Please put me through to the workshop.", "Please put me through to the workshop."),
    ],
)
def test_a_clear_sentence_is_written_down_word_for_word(
    ears: MoonshineEars, say: Say, said: str, written: str
) -> None:
    heard = ears.recognise(say(said), ())
    assert heard.text == written
    assert -0.3 < heard.confidence <= 0


def random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


NOT_SPEECH: dict[str, Audio] = {
    "nothing": np.zeros(0, np.float32),
    "silence": np.zeros(3 * EAR_RATE, np.float32),
    "a quiet hiss": random(1).normal(0, 0.002, 3 * EAR_RATE).astype(np.float32),
    "a loud hiss": random(2).normal(0, 0.2, 3 * EAR_RATE).astype(np.float32),
    "a tone": (0.4 * np.sin(np.arange(2 * EAR_RATE) * 0.17)).astype(np.float32),
    "a click": np.eye(1, EAR_RATE, 400, dtype=np.float32)[0],
    "one sample": np.ones(1, np.float32),
    "not a number": np.full(EAR_RATE, np.nan, np.float32),
}


@pytest.mark.parametrize("name", NOT_SPEECH)
def test_what_is_not_speech_is_understood_as_nothing(ears: MoonshineEars, name: str) -> None:
    assert ears.recognise(NOT_SPEECH[name], ()).text == ""


def test_two_channels_are_refused(ears: MoonshineEars) -> None:
    with pytest.raises(ValueError, match="one channel"):
        ears.recognise(np.zeros((2, 16_000), np.float32), ())


def test_a_long_utterance_is_understood_in_parts_and_loses_no_word(ears: MoonshineEars, say: Say) -> None:
    sentence = "The repair of ticket 1042 takes a little longer than we had planned."
    sound = say(" ".join([sentence] * 9))
    assert len(sound) > 30 * EAR_RATE
    text = ears.recognise(sound, ()).text.lower()
    assert text.replace("ten forty two", "1042").count("1042") == text.count("longer") == 9


def test_parts_are_cut_in_the_longest_pause() -> None:
    speech = np.ones(1250, np.float32)  # 40 s
    speech[500:520] = 0
    speech[700:703] = 0
    assert list(ears_module.parts(speech, 1250 * FRAME)) == [(0, 509 * FRAME), (509 * FRAME, 1250 * FRAME)]


def test_parts_without_a_pause_are_still_short_enough() -> None:
    speech = np.ones(3000, np.float32)
    spans = list(ears_module.parts(speech, 3000 * FRAME))
    assert spans[0][0] == 0
    assert spans[-1][1] == 3000 * FRAME
    assert all(end - start <= ears_module.LONGEST for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_expected_words_are_recognised_where_the_sound_leaves_a_doubt(ears: MoonshineEars, say: Say) -> None:
    """Where that is differs from processor to processor, by the last bit of a sum; it is somewhere."""
    spoken = {
        "ThinkPad": "Could you ask the supplier about a ThinkPad screen?",
        "Inspiron": "The Inspiron is broken.",
    }
    heard: dict[bool, set[tuple[str, str, float]]] = {False: set(), True: set()}
    for voice, (name, sentence), speed in product(("marin", "cedar"), spoken.items(), (0.9, 1.0, 1.1)):
        sound = say(sentence, voice, speed)
        for expected in heard:
            if name in ears.recognise(sound, (name, "supplier") if expected else ()).text:
                heard[expected].add((voice, name, speed))
    assert heard[False] < heard[True]


def test_what_to_expect_is_taken_from_descriptions() -> None:
    phrases = expectations(
        ["What part, such as 'ThinkPad X1 Carbon screen'.", "Look up a repair ticket.", "Ada Lopez"]
    )
    assert {"ThinkPad X1 Carbon screen", "ThinkPad", "Carbon", "repair ticket", "Ada Lopez"} <= set(phrases)
    assert not any(" a " in phrase for phrase in phrases)


def test_confidence_falls_with_noise(ears: MoonshineEars, say: Say) -> None:
    sound = say("Could you ask the supplier about a ThinkPad screen?")
    noisy = (sound + random(4).normal(0, 0.01, len(sound))).astype(np.float32)
    assert ears.recognise(noisy, ()).confidence < ears.recognise(sound, ()).confidence


def test_a_phrase_favours_its_own_next_token_only_after_its_beginning() -> None:
    tokens = Tokens(locate(TOKENS))
    first, second, *_ = tokens.encode("Lopez")
    bias = Bias(tokens, ["Lopez"])
    assert second not in bias.favoured([])
    assert bias.favoured([first])[second] > bias.favoured([])[first]


def test_tokens_survive_a_round_trip() -> None:
    tokens = Tokens(locate(TOKENS))
    assert tokens.decode(tokens.encode("Ada Lopez, 1042 €")) == "Ada Lopez, 1042 €"


def test_silero_tells_speech_from_silence_frame_by_frame(say: Say) -> None:
    silero = Silero(locate(SILERO))
    assert activity_of(say("What time is it in Tokyo?"), silero).max() > 0.9
    assert activity_of(np.zeros(EAR_RATE, np.float32), silero).max() < 0.3


def test_two_lines_do_not_disturb_each_other(say: Say) -> None:
    silero = Silero(locate(SILERO))
    sound = say("What time is it in Tokyo?")
    alone = activity_of(sound, silero)
    first, second = silero.line(), silero.line()
    together = []
    for at in range(len(alone)):
        together.append(first.probability(sound[at * FRAME : (at + 1) * FRAME]))
        second.probability(np.zeros(FRAME, np.float32))
    assert np.allclose(alone, together)


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="512 samples"):
        Silero(locate(SILERO)).line().probability(np.zeros(160, np.float32))
