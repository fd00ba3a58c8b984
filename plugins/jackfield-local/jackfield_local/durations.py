"""Durations as scripts write them: `250ms`, `2s`, or a number of seconds."""

from __future__ import annotations

import re


def as_seconds(value: object) -> object:
    """Seconds, where `value` is a duration in words; anything else is for a validator to judge."""
    if isinstance(value, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", value)):
        return float(found[1]) / (1000 if found[2] == "ms" else 1)
    return value
