"""Moonshine's vocabulary: token numbers to text, and text to token numbers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_SPACE = "\u2581"  # how a SentencePiece vocabulary writes the space before a word


class Tokens:
    """The vocabulary file: records of a length (two bytes where the first is 128 or more) and bytes."""

    def __init__(self, path: Path) -> None:
        self._texts = list(_records(path.read_bytes()))
        # Where two numbers have the same bytes, the first is the one the model uses.
        self._ids = {text: number for number, text in reversed(list(enumerate(self._texts)))}

    def __len__(self) -> int:
        return len(self._texts)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of these tokens; bytes that are no text are left out."""
        joined = b"".join(self._texts[number] for number in ids)
        return joined.decode("utf-8", "ignore").replace(_SPACE, " ").strip()

    def encode(self, text: str) -> list[int]:
        """The tokens of a phrase as it stands inside a sentence: pairs merged, earliest number first."""
        parts = [letter.encode() for letter in _SPACE + text.replace(" ", _SPACE)]
        while (merge := self._first_merge(parts)) is not None:
            parts[merge : merge + 2] = [parts[merge] + parts[merge + 1]]
        return [self._ids[part] for part in parts if part in self._ids]

    def _first_merge(self, parts: list[bytes]) -> int | None:
        ranked = [
            (number, at)
            for at in range(len(parts) - 1)
            if (number := self._ids.get(parts[at] + parts[at + 1])) is not None
        ]
        return min(ranked)[1] if ranked else None


def _records(data: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(data):
        length, at = data[at], at + 1
        if length >= 128:
            length, at = data[at] * 128 + length - 128, at + 1
        yield data[at : at + length]
        at += length
