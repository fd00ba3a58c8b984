"""Speech to text: what was said in one utterance, or nothing where nobody spoke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from jackfield_local.activity import FRAME, Silero, activity_of
from jackfield_local.bias import Bias
from jackfield_local.expectations import expectations
from jackfield_local.moonshine import Moonshine
from jackfield_local.speech import EAR_RATE, Audio, Heard
from jackfield_local.tokens import Tokens

LONGEST = 28 * EAR_RATE
"""Samples that are understood in one go; the model was made for utterances up to half a minute."""

_EARLIEST_CUT = 12 * EAR_RATE
_SPEECH = 0.5
_FEWEST_SPEECH_FRAMES = 3  # 96 ms: shorter than any word
_QUIETEST = 10 ** (-60 / 20)  # full scale is 1: below this is the hiss of a line

NOTHING = Heard("", 0.0)


class MoonshineEars:
    """`Ears`: Moonshine tiny-en, told which words to expect, and asked only where Silero hears a voice.

    Asked to write down silence, such a model writes "Thank you." all the same: so silence, hiss and
    clatter never reach it.
    """

    def __init__(self, model: Moonshine, tokens: Tokens, silero: Silero) -> None:
        self._model = model
        self._tokens = tokens
        self._silero = silero
        self._bias = lru_cache(maxsize=16)(self._expect)

    def recognise(self, audio: Audio, words: Sequence[str]) -> Heard:
        """Understand one utterance; `Heard("", 0.0)` where nobody speaks in it. `words` may be keywords,
        names or whole descriptions; what is worth expecting is taken from them once for each list.

        An utterance of more than 28 s is understood in parts, cut where it is quietest. 30-80 ms for an
        ordinary sentence. Raises `ValueError` where `audio` is not one channel.
        """
        if audio.ndim != 1:
            raise ValueError(f"one channel of samples is needed, not an array of shape {audio.shape}")
        sound = np.nan_to_num(audio.astype(np.float32, copy=False))
        if len(sound) == 0 or float(np.abs(sound).max()) < _QUIETEST:
            return NOTHING
        speech = activity_of(sound, self._silero)
        if int((speech > _SPEECH).sum()) < _FEWEST_SPEECH_FRAMES:
            return NOTHING
        return self._understand(sound, speech, self._bias(tuple(words)))

    def warm_up(self, sound: Audio) -> None:
        """Run the networks once, so that the first caller does not wait for their memory."""
        self._model.decode(sound, self._bias(()))

    def _expect(self, phrases: tuple[str, ...]) -> Bias:
        return Bias(self._tokens, expectations(phrases))

    def _understand(self, sound: Audio, speech: Audio, bias: Bias) -> Heard:
        texts: list[str] = []
        logprobs: list[float] = []
        for start, end in parts(speech, len(sound)):
            decoded = self._model.decode(sound[start:end], bias)
            texts.append(self._tokens.decode(decoded.ids))
            logprobs += decoded.logprobs
        return Heard(" ".join(filter(None, texts)), float(np.mean(logprobs)))


def parts(speech: Audio, samples: int) -> Iterator[tuple[int, int]]:
    """Where to cut a recording of `samples` so that each part can be understood in one go.

    `speech` is the activity of each of its frames. A cut falls on the middle of the longest pause between
    12 and 28 s after the last one, or on the least speech-like frame where there is no pause.
    """
    start = 0
    while samples - start > LONGEST:
        first, last = (start + _EARLIEST_CUT) // FRAME, (start + LONGEST) // FRAME
        cut = (first + _pause(speech[first:last])) * FRAME
        yield start, cut
        start = cut
    yield start, samples


def _pause(speech: Audio) -> int:
    """The frame in the middle of the longest run without speech."""
    best, length, run = int(speech.argmin()), 0, 0
    for at, probability in enumerate(speech):
        run = run + 1 if probability < _SPEECH else 0
        if run > length:
            best, length = at - run // 2, run
    return best
