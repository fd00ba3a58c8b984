"""When the caller starts and stops speaking, told from speech probabilities alone. Time is audio time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from .session_settings import TurnRule

FRAME_MS = 32
ONSET_FRAMES = 3  # a click or a cough shorter than this (96 ms) is not speech
HYSTERESIS = 0.15  # speech goes on until the probability falls this much below the threshold
GUESS_MS = 192  # silence after which what was said is worth recognising, though the turn may go on


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began `at_ms`."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Silence for a while: the turn may be over."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not over."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The turn is over at `at_ms`, `silence_ms` after the last speech."""

    at_ms: int
    silence_ms: int


Sign = Started | Paused | Resumed | Stopped


class Speech(Enum):
    """SILENT -Started-> SPEAKING -Paused-> PAUSED -Resumed-> SPEAKING; PAUSED -Stopped-> SILENT."""

    SILENT = auto()
    SPEAKING = auto()
    PAUSED = auto()


class TurnDetector:
    """Fed one probability for every 32 ms of sound."""

    def __init__(self, rule: TurnRule) -> None:
        self.rule = rule
        self.speech = Speech.SILENT
        self._run = 0  # frames of speech in a row while silent; of silence while not

    def feed(self, probability: float, now_ms: int) -> list[Sign]:
        """`now_ms` is the audio time at the end of the frame."""
        if self.speech is Speech.SILENT:
            return self._listen(probability, now_ms)
        if probability >= self.rule.threshold:
            return self._spoke()
        return self._silence(probability, now_ms)

    def _listen(self, probability: float, now_ms: int) -> list[Sign]:
        if probability >= self.rule.threshold:
            self._run += 1
        elif probability < self.rule.threshold - HYSTERESIS:
            self._run = 0
        if self._run < ONSET_FRAMES:
            return []
        self.speech, self._run = Speech.SPEAKING, 0
        return [Started(max(0, now_ms - ONSET_FRAMES * FRAME_MS))]

    def _spoke(self) -> list[Sign]:
        self._run = 0
        if self.speech is Speech.SPEAKING:
            return []
        self.speech = Speech.SPEAKING
        return [Resumed()]

    def _silence(self, probability: float, now_ms: int) -> list[Sign]:
        if self._run or probability < self.rule.threshold - HYSTERESIS:
            self._run += 1
        signs: list[Sign] = []
        if self.speech is Speech.SPEAKING and self._run * FRAME_MS >= min(GUESS_MS, self._patience):
            self.speech = Speech.PAUSED
            signs.append(Paused())
        if self.speech is Speech.PAUSED and self._run * FRAME_MS >= self._patience:
            signs.append(Stopped(now_ms, self._run * FRAME_MS))
            self.speech, self._run = Speech.SILENT, 0
        return signs

    @property
    def _patience(self) -> int:
        return max(self.rule.silence_ms, FRAME_MS)
