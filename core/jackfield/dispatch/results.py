"""What a tool returned, in a size that the model should read, and in JSON that everybody can.

A list is cut by its elements and text by its lines; a note says how much was left out. Numbers that JSON
does not have (NaN, infinity) become null, half characters a replacement mark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic_core import to_jsonable_python

from jackfield.calls import Json

SMALLEST_LIMIT = 128
"""A limit below this is taken as this: a note has to fit."""

_LEFT_OUT = "left_out"


def fit(value: Json, limit: int) -> Json:
    """`value`, or as much of it as `limit` bytes hold. Raises `ValueError` for what is no JSON."""
    value = sound(value)
    return value if size(value) <= max(limit, SMALLEST_LIMIT) else shortened(value, limit)


def sound(value: Json) -> Json:
    """`value` as JSON that every socket takes. Raises `ValueError` for what is no JSON."""
    if isinstance(value, str):
        return whole_characters(value)
    return _whole(to_jsonable_python(value, inf_nan_mode="null"))


def shortened(value: Json, limit: int) -> Json:
    """A sound value that is longer than `limit` bytes, cut."""
    limit = max(limit, SMALLEST_LIMIT)
    return _cut_text(value, limit) if isinstance(value, str) else _cut(value, limit)


def size(value: Json) -> int:
    """Bytes of the `function_call_output` that would carry it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def whole_characters(text: str) -> str:
    """Without lone surrogates, which no socket takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _whole(value: Json) -> Json:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {whole_characters(key): _whole(each) for key, each in value.items()}
    return value


def _quoted_size(value: Json) -> int:
    """Bytes inside of other JSON, the comma and blank behind it included."""
    text = json.dumps(value, ensure_ascii=False)
    return 2 + (len(text) if text.isascii() else len(text.encode()))


def _cut(value: Json, limit: int) -> Json:
    """Any value to at most `limit` bytes of JSON; what has no sensible place to cut at becomes text."""
    if isinstance(value, list):
        cut: Json = _cut_list(value, limit)
    elif isinstance(value, dict):
        cut = _cut_mapping(value, limit)
    else:
        return _cut_string(value if isinstance(value, str) else json.dumps(value), limit)
    if _quoted_size(cut) - 2 <= limit:
        return cut
    return _cut_string(json.dumps(value, ensure_ascii=False), limit)


def _cut_string(text: str, limit: int) -> str:
    """A text inside of other JSON, where quotes, line ends and controls take more than a byte."""
    room = limit
    while True:
        cut = _cut_text(text, room)
        taken = _quoted_size(cut) - 2
        if taken <= limit or not cut:
            return cut
        room = min(room - 1, room * limit // taken)


def _cut_list(elements: list[Json], limit: int) -> list[Json]:
    """The first elements that fit; if not even the first does, a part of that one."""
    note = "({} more of {} elements left out)"
    room = limit - len(note) - 2 * len(str(len(elements))) - 6
    kept: list[Json] = []
    for element in elements:
        room -= _quoted_size(element)
        if room < 0:
            break
        kept.append(element)
    if not kept and elements:
        room += _quoted_size(elements[0])
        kept = [_cut(elements[0], room)] if room >= SMALLEST_LIMIT else []
    left = len(elements) - len(kept)
    return [*kept, note.format(left, len(elements))] if left else kept


def _cut_mapping(members: Mapping[str, Json], limit: int) -> dict[str, Json]:
    """Small members stay whole, the big ones share what is left; if that is too little, the last ones go."""
    sizes = {key: _quoted_size(each) for key, each in members.items()}
    room = limit - 2 - sum(_quoted_size(key) for key in members)
    share = _fair_share(sorted(sizes.values()), room)
    if share >= SMALLEST_LIMIT:
        return {key: each if sizes[key] <= share else _cut(each, share - 2) for key, each in members.items()}
    return _leading_members(members, sizes, limit)


def _leading_members(members: Mapping[str, Json], sizes: Mapping[str, int], limit: int) -> dict[str, Json]:
    room = limit - SMALLEST_LIMIT // 2
    kept: dict[str, Json] = {}
    for key, each in members.items():
        room -= sizes[key] + _quoted_size(key)
        if room < 0:
            break
        kept[key] = each
    return {**kept, _LEFT_OUT: f"{len(members) - len(kept)} more of {len(members)} members"}


def _fair_share(ascending: list[int], room: int) -> int:
    """The most that each may take so that all together fit into `room`, the small ones taking less."""
    for index, each in enumerate(ascending):
        share = room // (len(ascending) - index)
        if each > share:
            return max(share, 0)
        room -= each
    return room


def _cut_text(text: str, limit: int) -> str:
    """Whole lines; within a line that is too long by itself, whole words."""
    note = f"\n(… {len(text)} characters in all, the rest left out)"
    limit = max(limit, 0)
    room = max(limit - len(note.encode()), 0)
    head = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    place = head.rfind("\n")
    if place < len(head) // 2:
        place = max(place, head.rfind(" "))
    kept = head[:place] if place > len(head) // 2 else head
    if limit >= len(note.encode()):
        return (kept.rstrip() + note).lstrip("\n")
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
