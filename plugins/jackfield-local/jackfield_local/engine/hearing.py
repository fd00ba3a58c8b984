"""The caller's sound, cut into turns. Decides; recognises nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jackfield_local.speech import Audio, Heard, VoiceActivity

from .audio_formats import Decoder, to_float
from .ids import new_id
from .input_buffer import IDLE_MS, InputBuffer
from .resampling import Resampler
from .session_settings import TurnRule
from .turns import FRAME_MS, Sign, TurnDetector

FRAME_SAMPLES = 512


@dataclass(slots=True)
class Guess:
    """What was said so far, recognised in the hope that the turn is over."""

    ticket: str
    heard: Heard | None = None
    known: bool = False


@dataclass(slots=True)
class Turn:
    """The caller is speaking; `item_id` is what the turn will be called when it is committed."""

    item_id: str
    start_ms: int
    guess: Guess | None = None


class Hearing:
    """One caller's ears up to the point where words begin."""

    def __init__(self, activity: VoiceActivity, rule: TurnRule | None, sound_format: str) -> None:
        self.buffer = InputBuffer()
        self.turn: Turn | None = None
        self._activity = activity
        self._decoder = Decoder(sound_format)
        self._detector = TurnDetector(rule) if rule else None
        self._resampler = Resampler(2, 3)
        self._rest: Audio = np.zeros(0, np.float32)
        self._clock_ms = 0

    def configure(self, rule: TurnRule | None, sound_format: str) -> None:
        """Follow the session's settings; a turn that is going on goes on under the new rule."""
        if sound_format != self._decoder.kind:
            self._decoder = Decoder(sound_format)
        if rule is None:
            self._detector, self.turn = None, None
        elif self._detector is None:
            self._listen_afresh(rule)
        else:
            self._detector.rule = rule

    def _listen_afresh(self, rule: TurnRule) -> None:
        self._detector = TurnDetector(rule)
        self._rest = np.zeros(0, np.float32)
        self._clock_ms = self.buffer.end_ms

    def decode(self, sound: bytes) -> bytes:
        """Sound in the session's input format, as s16le at 24 kHz."""
        return self._decoder.decode(sound)

    def feed(self, pcm: bytes) -> list[Sign]:
        """More sound, s16le at 24 kHz; what it says about turns."""
        self.buffer.append(pcm)
        if self._detector is None:
            return []
        if self.turn is None:
            self.buffer.keep(IDLE_MS)
        sound = np.concatenate((self._rest, self._resampler.feed(to_float(pcm))))
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = sound[whole:]
        signs: list[Sign] = []
        for start in range(0, whole, FRAME_SAMPLES):
            self._clock_ms += FRAME_MS
            probability = self._activity.probability(sound[start : start + FRAME_SAMPLES])
            signs += self._detector.feed(probability, self._clock_ms)
        return signs

    def start_turn(self, at_ms: int) -> Turn:
        """Speech began; the prefix before it belongs to the turn."""
        prefix = self._detector.rule.prefix_ms if self._detector else 0
        self.turn = Turn(new_id("item"), max(self.buffer.start_ms, at_ms - prefix))
        return self.turn

    def end_turn(self, turn: Turn) -> bytes:
        """The sound of the whole turn; the buffer is empty afterwards."""
        pcm = self.buffer.since(turn.start_ms)
        self.clear()
        return pcm

    def commit(self) -> bytes:
        """All that is buffered, as the client asked."""
        pcm = self.buffer.take()
        self.clear()
        return pcm

    def clear(self) -> None:
        self.buffer.clear()
        self.turn = None
        if self._detector is not None:
            self._listen_afresh(self._detector.rule)
