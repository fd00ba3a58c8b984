"""Rows as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from jackfield.calls import Json

MOST_COUNTED = 1000
"""Rows beyond the limit that are counted, and not shown."""


def shown(rows: Iterable[Mapping[str, object]], limit: int) -> Json:
    """A list of rows; with a word on those that are left out, where there are any."""
    first: list[Json] = []
    more = 0
    for row in rows:
        if len(first) < limit:
            first.append({str(name): _value(each) for name, each in row.items()})
        else:
            more += 1
        if more > MOST_COUNTED:
            return {"rows": first, "more": f"more than {MOST_COUNTED} more rows"}
    if not first:
        return "There is none."
    return {"rows": first, "more": f"{more} more row{'s' * (more > 1)}"} if more else first


def changed(count: int) -> str:
    """What a statement that gives no rows has done."""
    if count < 0:
        return "Done."
    return f"Done: {count} row{'s' * (count != 1)} changed." if count else "Nothing was there to be changed."


def _value(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"({len(bytes(value))} bytes)"
    if isinstance(value, Mapping):
        return {str(name): _value(each) for name, each in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [_value(each) for each in value]
    return str(value)
