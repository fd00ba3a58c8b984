"""What a response took and made, in tokens (§3.3), and how many the models can hold (§5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from jackfield.protocol.models import family_of

WINDOWS = {
    "gpt-realtime-2": 128_000,
    "gpt-realtime": 32_000,
    "gpt-4o-realtime": 32_000,
    "gpt-4o-mini-realtime": 32_000,
}
"""Tokens of context by the family of the model. At Azure models go by the names of deployments, so
`context_window` in agents.yaml has the last word."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one response. Those in `cached_*` are not counted again in `text_in` and `audio_in`."""

    input_tokens: int = 0
    output_tokens: int = 0
    text_in: int = 0
    text_cached: int = 0
    text_out: int = 0
    audio_in: int = 0
    audio_cached: int = 0
    audio_out: int = 0
    image_in: int = 0


def window_of(model: str) -> int | None:
    """How many tokens a model can hold; None if that is not known."""
    return WINDOWS.get(family_of(model))
