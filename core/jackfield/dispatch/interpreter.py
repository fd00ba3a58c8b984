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

COLLECT_AFTER = (5_000, 5, 5)
"""So many objects more than before, and a search for garbage among the youngest follows; after so many of
those one among the older; after so many of those a full one. With Python's 700, 10 and 10 a burst of function
calls is searched several times while all of it is still in use. What is garbage is found as soon as before,
or nearly: a full search comes with every 150,000 new objects instead of every 70,000."""


@contextmanager
def steady() -> Iterator[None]:
    """Short turns, and collections that are few and short, until the block is left; for the whole process.

    What is there already, modules and classes for the most part, is left out of the search for garbage: a
    full collection stops every thread for as long as there are objects to look at, 30 to 80 ms otherwise.
    """
    turn, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(min(turn, TURN_SECONDS))
    gc.freeze()
    if 0 < thresholds[0] < COLLECT_AFTER[0]:  # others are somebody's own, and 0 is for none at all
        gc.set_threshold(*COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        sys.setswitchinterval(turn)
