"""Cutting text where a speaker may breathe."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\s*\n+\s*")
_TITLE = re.compile(r"(?:^|\W)(?:Mrs?|Ms|Dr|Prof|St|No|vs|approx|p|[A-Z])\.$")
_CLAUSE = re.compile(r"(?<=[,;:–—])\s+")
_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|\n+")

FIRST_PIECE = 60
"""A first sentence of more characters than this is begun with its first clause alone."""

_LONGEST = 240
_SHORTEST_CLAUSE = 12


def sentences(text: str) -> Iterator[str]:
    """The sentences of `text`, as they stand, without the space between them."""
    start = 0
    for found in _SENTENCE.finditer(text):
        if _TITLE.search(text[start : found.start()]) and "\n" not in found[0]:
            continue
        if piece := text[start : found.end()].strip():
            yield piece
        start = found.end()
    if piece := text[start:].strip():
        yield piece


def pieces(text: str) -> Iterator[str]:
    """What to synthesise at a time: sentences, the first one short so that it is heard early."""
    for number, sentence in enumerate(sentences(text)):
        yield from _within(sentence, FIRST_PIECE if number == 0 else _LONGEST)


def _within(sentence: str, room: int) -> Iterator[str]:
    cuts = [found for found in _CLAUSE.finditer(sentence) if found.start() >= _SHORTEST_CLAUSE]
    if len(sentence) <= room or not cuts:
        yield sentence
        return
    cut_at = ([found for found in cuts if found.start() <= room] or cuts[:1])[-1]
    yield sentence[: cut_at.start()]
    yield from _within(sentence[cut_at.end() :], _LONGEST)


def cut(text: str) -> tuple[str, str]:
    """Split a growing text into what may be said already (spaces kept) and what must wait for more.

    What may be said ends with the last whole sentence or, where none is whole and a lot has come, with the
    last whole clause.
    """
    ends = [found.end() for found in _END.finditer(text) if not _TITLE.search(text[: found.end()].rstrip())]
    if not ends and len(text) > FIRST_PIECE:
        ends = [found.end() for found in _CLAUSE.finditer(text) if found.start() >= _SHORTEST_CLAUSE]
    at = ends[-1] if ends else 0
    return text[:at], text[at:]
