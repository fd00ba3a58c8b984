"""Names for tools and parameters that the model may use. Pure."""

from __future__ import annotations

import re
from collections.abc import Container

_UNFIT = re.compile(r"[^A-Za-z0-9_]+")
_MOST = 40


def tool_name(operation_id: str, method: str, path: str) -> str:
    """From the operationId, or else from the method and the path: `get_tickets_number`."""
    return fit(operation_id) or fit(f"{method.lower()}{path}")


def fit(name: str) -> str:
    """Letters, digits and _, a letter first; "" where nothing is left."""
    words = _UNFIT.sub("_", name).strip("_")[:_MOST].rstrip("_")
    return words if not words or words[0].isalpha() else f"n{words}"[:_MOST]


def free(name: str, taken: Container[str]) -> str:
    """The name, or the first of name_2, name_3, … that is not taken."""
    number, found = 2, name
    while found in taken:
        tail = f"_{number}"
        found, number = name[: _MOST - len(tail)] + tail, number + 1
    return found
