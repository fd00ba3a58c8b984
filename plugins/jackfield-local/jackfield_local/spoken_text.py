"""Streamed text cut where a voice may begin to speak: after whole sentences."""

from __future__ import annotations

import re

SENTENCE_END = re.compile(r"[.!?…:;][\"')\]]*\s+")
MOST_CHARACTERS = 300  # of a sentence that does not end; the voice starts anyway


class Phrases:
    def __init__(self) -> None:
        self._text = ""

    def add(self, text: str) -> str:
        """More text; what can be spoken now, perhaps nothing."""
        self._text += text
        ends = [match.end() for match in SENTENCE_END.finditer(self._text)]
        cut = ends[-1] if ends else 0
        if not cut and len(self._text) > MOST_CHARACTERS:
            cut = self._text.rfind(" ") + 1
        ready, self._text = self._text[:cut], self._text[cut:]
        return ready.strip()

    def rest(self) -> str:
        """All that is left; nothing more will come."""
        ready, self._text = self._text, ""
        return ready.strip()
