"""The voice: heard again by the ears, because nobody can listen in a test."""

from collections.abc import Callable

import numpy as np
import pytest

from jackfield_local.ears import MoonshineEars
from jackfield_local.phrases import cut, pieces, sentences
from jackfield_local.speech import VOICE_RATE, Audio
from jackfield_local.spoken import sayable
from jackfield_local.voice import HibariVoice

Say = Callable[..., Audio]


@pytest.mark.parametrize("name", ["marin", "cedar"])
@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Ticket 1042 is waiting for a new screen.", "Ticket 1042 is waiting for a new screen."),
        ("The price is $129.99.", "The price is $129.99."),
        ("**Important**: it is promised for Thursday.", "Important, it is promised for Thursday."),
    ],
)
def test_what_is_said_can_be_understood(
    ears: MoonshineEars, say: Say, name: str, text: str, heard: str
) -> None:
    assert ears.recognise(say(text, name), ()).text == heard


def test_the_low_voice_is_lower_and_not_faster(say: Say) -> None:
    def pitch(sound: Audio) -> float:
        """The strongest period between 80 and 350 Hz over the whole sound."""
        spectrum = np.abs(np.fft.rfft(sound, 2 * len(sound))) ** 2
        periods = np.fft.irfft(spectrum)
        return 16_000 / (int(periods[45:200].argmax()) + 45)

    text = "We will call you when it is ready."
    high, low = say(text, "marin"), say(text, "cedar")
    assert 0.8 < pitch(low) / pitch(high) < 0.95
    assert 0.9 < len(low) / len(high) < 1.2


def test_speed_shortens_speech(say: Say) -> None:
    text = "We will call you when it is ready."
    assert len(say(text, "marin", 1.5)) < len(say(text, "marin", 1.0)) < len(say(text, "marin", 0.7))


def test_sound_begins_at_once_and_comes_piece_by_piece(voice: HibariVoice) -> None:
    first, *rest = voice.speak("It is ready. You can collect it on Thursday.", "marin", 1.0)
    assert len(rest) == 1
    assert int(np.flatnonzero(np.abs(first) > 0.01)[0]) < VOICE_RATE * 0.1
    assert first.dtype == np.float32
    assert float(np.abs(first).max()) <= 1


def test_the_same_words_sound_the_same(say: Say) -> None:
    assert np.array_equal(say("It is ready."), say("It is ready."))


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_to_say_makes_no_sound(voice: HibariVoice, text: str) -> None:
    assert list(voice.speak(text, "marin", 1.0)) == []


@pytest.mark.parametrize("text", ["...", "😀", "¿Qué?", "\x00", "a" * 400, "9" * 60])
def test_odd_text_never_fails(voice: HibariVoice, text: str) -> None:
    for piece in voice.speak(text, "no-such-voice", 1.0):
        assert np.isfinite(piece).all()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Write to ada.lopez@example.com.", "Write to ada dot lopez at example dot com."),
        ("See https://brightside.example/help.", "See brightside dot example slash help."),
        ("See [our page](https://brightside.example/x).", "See our page."),
        ("Open Mon-Fri 9-17.", "Open Monday to Friday 9 to 17."),
        ("Call 020 7946 0958.", "Call oh two oh, seven nine four six, oh nine five eight."),
        ("Ticket #1042 is `done`.", "Ticket number 1042 is done."),
        ("## Parts\n- one\n- two", "Parts\none\ntwo"),
        ("find_ticket", "find ticket"),
        ("At 1:05 pm, $129.99, 512GB, 2026-11-24.", "At 1 oh 5 pm, $129.99, 512GB, 2026-11-24."),
        ("It costs 89.50 EUR.", "It costs €89.50."),
        ("Monday at 09:00, or Saturday.", "Monday at 09:00, or Saturday."),
    ],
)
def test_text_is_written_the_way_it_is_said(written: str, said: str) -> None:
    assert sayable(written) == said


def test_sentences_end_where_a_speaker_ends_them() -> None:
    text = 'Dr. Smith paid $3.50. "Really?" Yes! See p. 4\nNext line'
    assert list(sentences(text)) == ["Dr. Smith paid $3.50.", '"Really?"', "Yes!", "See p. 4", "Next line"]


def test_a_long_first_sentence_begins_with_its_first_clause() -> None:
    text = "Ticket 1042, the laptop of Ada Lopez, is waiting for a new screen and is promised for Thursday."
    first, *rest = pieces(text)
    assert first == "Ticket 1042, the laptop of Ada Lopez,"
    assert " ".join([first, *rest]) == text


def test_a_growing_text_is_cut_only_where_a_phrase_has_ended() -> None:
    assert cut("It is ready") == ("", "It is ready")
    assert cut("It is ready. You can") == ("It is ready. ", "You can")
    assert cut("Ask Dr. Smith") == ("", "Ask Dr. Smith")
    long = "When the new screen has come from the supplier, we will call you and"
    assert cut(long) == ("When the new screen has come from the supplier, ", "we will call you and")
