"""Tokens, estimated as the service bills them (facts: realtime protocol 5.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .shapes import Event

USER_AUDIO_MS_PER_TOKEN = 100
ASSISTANT_AUDIO_MS_PER_TOKEN = 50
CHARACTERS_PER_TOKEN = 4


def text_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(slots=True)
class Usage:
    """What one response read and made."""

    text_in: int = 0
    audio_in: int = 0
    text_out: int = 0
    audio_out_ms: int = 0

    @property
    def audio_out(self) -> int:
        return -(-self.audio_out_ms // ASSISTANT_AUDIO_MS_PER_TOKEN)

    @property
    def output(self) -> int:
        return self.text_out + self.audio_out

    def wire(self) -> Event:
        taken = self.text_in + self.audio_in
        nothing = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
        return {
            "total_tokens": taken + self.output,
            "input_tokens": taken,
            "output_tokens": self.output,
            "input_token_details": {
                "text_tokens": self.text_in,
                "audio_tokens": self.audio_in,
                "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": nothing,
            },
            "output_token_details": {"text_tokens": self.text_out, "audio_tokens": self.audio_out},
        }


def item_text(items: Iterable[Mapping[str, object]]) -> int:
    """Tokens of all text in some items; the sound in them is counted by its length."""
    total = 0
    for item in items:
        content = item.get("content")
        parts = content if isinstance(content, list) else [item]
        for part in parts:
            for key in ("text", "arguments", "output"):
                total += text_tokens(str(part.get(key) or ""))
    return total
