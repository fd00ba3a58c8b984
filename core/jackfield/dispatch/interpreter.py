"""What a process that serves calls asks of Python's interpreter: not to stand still."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TURN_SECONDS = 0.0005
"""For so long a thread may keep the interpreter while others wait for it. Python's own is 5 ms: with three
busy tools in threads, the loop that serves the sessions would wait for 15 ms whenever it has waited for a
socket; and so would every other tool."""


@contextmanager
def steady() -> Iterator[None]:
    """Short turns and short collections, until the block is left; for the whole process.

    What is there already, modules and classes for the most part, is left out of the search for garbage: a
    full collection stops every thread for as long as there are objects to look at, 30 to 80 ms otherwise.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, TURN_SECONDS))
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
