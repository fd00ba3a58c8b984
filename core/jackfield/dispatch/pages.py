"""A result that is too long for one output, in pieces that are not: a list by its elements, all else as text.

Pure. A piece ends with a note that says how to go on, in the words of `read_more`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from jackfield.calls import Json
from jackfield.dispatch.results import SMALLEST_LIMIT, shortened, size

Long = str | list[Json]
"""What can be read from a place on: counted in characters, or in elements."""

NOTE_ROOM = 120
"""Bytes that a note takes at most."""

_READ_MORE = "read_more"


@dataclass(frozen=True, slots=True)
class Kept:
    """A long result, to be asked for by its `handle`. `whole` is as much of it as is kept, out of `total`
    characters or elements; `limit` is the size of a piece in bytes."""

    handle: str
    whole: Long
    total: int
    limit: int


def cut(value: Json, limit: int, handle: str, most: int) -> tuple[Json, Kept]:
    """A value (JSON, longer than `limit`) as the model is given it, and what is kept of it: `most` bytes."""
    limit = max(limit, SMALLEST_LIMIT + NOTE_ROOM)
    if isinstance(value, Mapping):
        return _cut_mapping(value, limit, handle, most)
    kept = keep(value, limit, handle, most)
    return piece(kept, 0), kept


def keep(value: Json, limit: int, handle: str, most: int) -> Kept:
    """At most `most` bytes of it: elements that fit into a piece each, or text."""
    if isinstance(value, str):
        return Kept(handle, _leading_text(value, most), len(value), limit)
    if isinstance(value, list):
        elements = _leading_elements(value, most)
        if elements and all(_size_inside(each) <= limit - NOTE_ROOM for each in elements):
            return Kept(handle, elements, len(value), limit)
    short = value if size(value) <= most else shortened(value, most)
    text = json.dumps(short, ensure_ascii=False, indent=1)
    return Kept(handle, text, len(text), limit)


def piece(kept: Kept, start: int) -> Json:
    """The part from `start` on, as much as fits, with its note."""
    room = kept.limit - NOTE_ROOM
    start = min(max(start, 0), len(kept.whole))
    if isinstance(kept.whole, str):
        part = _leading_text(kept.whole[start:], room)
        return f"{part}\n{_note(kept, start, start + len(part), 'characters')}"
    elements = _leading_elements(kept.whole[start:], room)
    return [*elements, _note(kept, start, start + len(elements), "elements")]


def _cut_mapping(value: Mapping[str, Json], limit: int, handle: str, most: int) -> tuple[Json, Kept]:
    """The mapping with its long members cut; what is kept is the longest of them, if it is most of it all."""
    sizes = {key: size(each) for key, each in value.items()}
    key = max(sizes, key=lambda each: sizes[each])
    alone = isinstance(value[key], str | list) and 2 * sizes[key] > sum(sizes.values())
    kept = keep(value[key] if alone else value, limit, handle, most)
    what = f'"{key[:30]}"' if alone else "all of this"
    shown = shortened(value, limit - NOTE_ROOM - len(_READ_MORE))
    note = f'{what} can be had with {_READ_MORE}, handle "{handle}", start 0'
    return ({**shown, _READ_MORE: note} if isinstance(shown, dict) else shown), kept


def _note(kept: Kept, start: int, end: int, unit: str) -> str:
    place = f"{unit} {start} to {end} of {kept.total}"
    if end < len(kept.whole):
        return f'({place}; the next with {_READ_MORE}, handle "{kept.handle}", start {end})'
    return f"({place}; the rest was too long to keep)" if end < kept.total else f"({place}: the end)"


def _leading_elements(elements: list[Json], room: int) -> list[Json]:
    taken = 0
    for count, each in enumerate(elements):
        taken += _size_inside(each)
        if taken > room:
            return elements[:count]
    return elements


def _leading_text(text: str, room: int) -> str:
    """Whole lines, or at least whole words; never nothing."""
    head = text[:room].encode()[:room].decode("utf-8", "ignore")
    if len(head) == len(text):
        return text
    for mark in ("\n", " "):
        place = head.rfind(mark) + 1
        if place > len(head) // 2:
            return head[:place]
    return head


def _size_inside(value: Json) -> int:
    """Bytes inside of a list, the comma and the blank behind it included."""
    return len(json.dumps(value, ensure_ascii=False).encode()) + 2
