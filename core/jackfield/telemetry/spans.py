"""Telemetry as a built-in plugin: hears every notice of every session.

Without an OpenTelemetry SDK in the process all of it does nothing.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from importlib.metadata import version

from opentelemetry import metrics, trace
from opentelemetry.metrics import Meter
from opentelemetry.trace import Tracer

from jackfield.hookspecs import hookimpl
from jackfield.notices import Notice, SessionEnded, SessionOpened, ToolBlocked
from jackfield.telemetry.meters import Meters
from jackfield.telemetry.recorder import SessionRecorder

NAME = "jackfield"
MOST_SESSIONS = 4096
"""Sessions that are remembered at once; beyond that the oldest is closed as one that was lost."""

MOST_STALLS = 64
"""Stalls that are remembered, to tell one that many sessions are told of from many."""


class Sessions:
    """The sessions that are open, each with its recorder. `clock` gives the time of day in ns."""

    def __init__(self, tracer: Tracer, meter: Meter, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._tracer = tracer
        self._meters = Meters(meter)
        self._clock = clock
        self._recorders: OrderedDict[str, SessionRecorder] = OrderedDict()
        self._stalls: deque[tuple[str, str, float]] = deque(maxlen=MOST_STALLS)

    def take(self, notice: Notice, session_id: str) -> None:
        if isinstance(notice, SessionOpened) and session_id not in self._recorders:
            self._open(notice, session_id)
        elif (recorder := self._recorders.get(session_id)) is not None:
            recorder.take(notice)
        if isinstance(notice, SessionEnded):
            self._recorders.pop(session_id, None)
        elif isinstance(notice, ToolBlocked):
            self._count(notice)

    def _count(self, notice: ToolBlocked) -> None:
        """Once, however many sessions are told of it: no two stalls last equally long to the nanosecond."""
        stall = notice.tool, notice.where, notice.seconds
        if stall not in self._stalls:
            self._stalls.append(stall)
            self._meters.blocked(notice.seconds, notice.tool, notice.source)

    def _open(self, notice: SessionOpened, session_id: str) -> None:
        epoch = self._clock() - round(notice.at * 1e9)
        self._recorders[session_id] = SessionRecorder(notice, epoch, self._tracer, self._meters)
        if len(self._recorders) > MOST_SESSIONS:
            _, lost = self._recorders.popitem(last=False)
            lost.take(SessionEnded(notice.at, "its end was never told", failed=True))

    def __len__(self) -> int:
        return len(self._recorders)


_sessions = Sessions(
    trace.get_tracer(NAME, version("jackfield")), metrics.get_meter(NAME, version("jackfield"))
)


@hookimpl
def notice(notice: Notice, session_id: str) -> None:
    _sessions.take(notice, session_id)
