"""What models are called (realtime protocol §8.1)."""

from __future__ import annotations

import re

FAMILIES = ("gpt-realtime-2", "gpt-realtime", "gpt-4o-realtime", "gpt-4o-mini-realtime")
"""Names that models of one ability begin with, the narrower ones first."""


def family_of(name: str) -> str:
    """The family that a model belongs to, or "". A deployment at Azure may have its model's name within its
    own; the date of a snapshot (`gpt-realtime-2025-08-28`) is no version."""
    lower = name.lower()
    return next((family for family in FAMILIES if re.search(rf"(?<![a-z0-9]){family}(?!\d)", lower)), "")
