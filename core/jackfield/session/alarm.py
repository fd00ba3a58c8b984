"""The alarm of a session: rings when its conversation wants to be woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jackfield.session.clock import Clock, Timer


class Alarm:
    """Asks `moment` (on `clock`, which is the loop if not said; None for never) when to `ring`, once for all
    that may have changed it in one turn of the loop: asking is no small thing, and what is to be done now
    comes first."""

    def __init__(
        self, moment: Callable[[], float | None], ring: Callable[[], None], clock: Clock | None = None
    ) -> None:
        self._moment = moment
        self._ring = ring
        self._asking: asyncio.Handle | None = None
        self._clock = clock or asyncio.get_running_loop()
        self._timer: Timer | None = None

    def moved(self) -> None:
        """The moment may be another one now."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().call_soon(self._ask)

    def cancel(self) -> None:
        """Not to ring, unless the moment moves again. Idempotent."""
        for handle in (self._asking, self._timer):
            if handle is not None:
                handle.cancel()
        self._asking = self._timer = None

    def _ask(self) -> None:
        self._asking = None
        moment = self._moment()
        if self._timer is not None:
            if self._timer.when() == moment:
                return
            self._timer.cancel()
        self._timer = None if moment is None else self._clock.call_at(moment, self._rung)

    def _rung(self) -> None:
        self._timer = None
        self._ring()
