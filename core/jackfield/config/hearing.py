"""How the caller is heard: where a turn ends, what is written down, what is filtered out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from jackfield.config.model import Model
from jackfield.config.values import Language, Seconds, Text

TAKES_SEVERAL_LANGUAGES = ("gpt-transcribe", "gpt-live-transcribe")
"""Recognisers that are told `languages`, and not one `language`."""

Delay = Literal["minimal", "low", "medium", "high", "xhigh"]


class TurnDetection(Model):
    """How the provider notices that the caller has finished."""

    type: Literal["server_vad", "semantic_vad", "none"] = "server_vad"
    """`server_vad` listens for silence, `semantic_vad` for a finished thought; with `none` nobody listens:
    the caller holds a button while they speak."""

    threshold: float = Field(default=0.5, ge=0, le=1)
    """server_vad: how loud speech must be, from 0 (any sound) to 1."""

    silence: Seconds = 0.5
    """server_vad: how long a silence ends the turn."""

    prefix_padding: Seconds = 0.3
    """server_vad: how much sound before the beginning of speech is kept."""

    idle_timeout: Seconds | None = Field(default=None, ge=5, le=30)
    """server_vad: after so much silence the service lets the model speak unasked. None: never. (`idle` is
    Jackfield's own way to ask a silent caller, and can hang up, too.)"""

    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """semantic_vad: how soon a pause is taken for the end."""

    interrupt_response: bool = True
    """Whether the caller's voice stops the agent's."""

    def as_session(self) -> dict[str, object] | None:
        """`audio.input.turn_detection` of the session object, every field said; None where nobody listens."""
        common = {"type": self.type, "create_response": True, "interrupt_response": self.interrupt_response}
        if self.type == "none":
            return None
        if self.type == "semantic_vad":
            return {**common, "eagerness": self.eagerness}
        idle = {} if self.idle_timeout is None else {"idle_timeout_ms": round(self.idle_timeout * 1000)}
        return {
            **common,
            "threshold": self.threshold,
            "prefix_padding_ms": round(self.prefix_padding * 1000),
            "silence_duration_ms": round(self.silence * 1000),
            **idle,
        }


class Transcription(Model):
    """What the caller said, in text: for the timeline; the model itself listens to the sound."""

    model: Text = "whisper-1"
    """The provider's name of the recogniser (on Azure that of its deployment); `none` switches transcription
    off."""

    language: Language | None = None
    """The caller's language. Default: the agent's, if it has exactly one."""

    languages: list[Language] = Field(default=[])
    """The languages the caller may speak, for recognisers that take several, such as `gpt-transcribe`."""

    prompt: Text | None = None
    """What helps the recogniser: for `whisper-1` a list of words, for others free text."""

    keywords: list[Text] = Field(default=[])
    """Words that the caller may say, for recognisers that take them, such as `gpt-transcribe`."""

    delay: Delay | None = None
    """How long `gpt-realtime-whisper` waits for certainty. None: as the service has it."""

    @model_validator(mode="after")
    def _one_or_several(self) -> Transcription:
        if self.language is not None and self.languages:
            raise ValueError('has a "language" and "languages"; keep one')
        return self

    def as_session(self) -> dict[str, object] | None:
        """`audio.input.transcription` of the session object; None switches it off."""
        if self.model == "none":
            return None
        said = {
            "language": self.language,
            "languages": list(self.languages),
            "prompt": self.prompt,
            "keywords": list(self.keywords),
            "delay": self.delay,
        }
        return {"model": self.model, **{key: value for key, value in said.items() if value}}


class NoiseReduction(Model):
    """A filter before turn detection and model."""

    type: Literal["near_field", "far_field"]
    """Where the microphone is: at the mouth (headset, telephone) or in the room."""

    strength: float | None = Field(default=None, ge=0)
    """How strong the filter is; 1 is the service's own measure."""

    def as_session(self) -> dict[str, object]:
        strength = {} if self.strength is None else {"strength": self.strength}
        return {"type": self.type, **strength}
