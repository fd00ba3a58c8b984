"""How long a thread may keep Python's interpreter while others wait for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

TURN_SECONDS = 0.0005
"""Python's own is 5 ms. With three busy tools in threads, the loop that serves the sessions would wait for
15 ms whenever it has waited for a socket; and so would every other tool."""


@contextmanager
def short_turns() -> Iterator[None]:
    """For this process, until the block is left. A turn that is shorter already stays."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, TURN_SECONDS))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
