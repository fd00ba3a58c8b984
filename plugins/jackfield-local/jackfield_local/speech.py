"""The three seams of the embedded server: ears, voice and mind.

Audio is mono float32 in [-1, 1]: 16 kHz towards the ears, 24 kHz from the voice. Ears and voice are
plain blocking code: the server runs them in its own bounded executor, never on its loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]

EAR_RATE = 16_000
VOICE_RATE = 24_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised. `confidence` is the mean log-probability of its tokens: 0 is certain."""

    text: str
    confidence: float


class Ears(Protocol):
    """Speech to text. Called from one thread at a time."""

    def recognise(self, audio: Audio, words: Sequence[str]) -> Heard:
        """Understand one utterance at `EAR_RATE`. `words` are phrases to expect (the agent's own)."""


class VoiceActivity(Protocol):
    """Is somebody speaking? One object per line; it carries state from frame to frame."""

    def probability(self, frame: Audio) -> float:
        """How likely the next 512 samples (32 ms at `EAR_RATE`) are speech, 0 to 1."""


class Voice(Protocol):
    """Text to speech."""

    def speak(self, text: str, voice: str, speed: float) -> Iterator[Audio]:
        """Say `text`, piece by piece at `VOICE_RATE`; the first piece as soon as it can be had. An unknown
        voice name is spoken with the nearest voice there is."""


@dataclass(frozen=True, slots=True)
class Thought:
    """All that a mind may know when it is asked for one response.

    `tools` are the function tools offered (Realtime shape: type, name, description, parameters), empty
    where `tool_choice` is "none". `items` is the conversation, oldest first, as Realtime items; user audio
    carries its transcript. `pending` are the `call_id`s that have no output yet.
    """

    instructions: str
    tools: Sequence[Mapping[str, object]]
    tool_choice: str | Mapping[str, object]
    items: Sequence[Mapping[str, object]]
    pending: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Say:
    """A piece of what to say; pieces of one response are joined as they stand, spaces included."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to call. Several in one response run in parallel."""

    name: str
    arguments: Mapping[str, object]


class Mind(Protocol):
    """Decides what to say and which tools to call."""

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None:
        """These tools will be on offer: whatever can be worked out ahead may be. Never waits."""

    def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        """One response, piece by piece. Whatever it raises becomes a failed response."""
