"""The wire of one session with its faults: what happens instead of what was meant, and when."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from jackfield_local.engine.client_events import decode
from jackfield_local.engine.effects import Close, Effect, Emit
from jackfield_local.engine.errors import Fault as NotAnEvent
from jackfield_local.engine.shapes import Event

from .fault import Deed, Fault, Later, Serve

NEVER = float("inf")


class Wire:
    """Faults one behind the other: what the first makes of something is what the second sees. Events stay
    in the order in which the faults leave them; one that is late holds up those after it."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = [fault.model_copy(deep=True) for fault in faults]
        self._waiting: deque[tuple[float, Effect]] = deque()

    @property
    def lasts(self) -> float:
        """Seconds after which the session is over."""
        return min((fault.lasts for fault in self._faults if fault.lasts is not None), default=NEVER)

    @property
    def filters_channel(self) -> bool:
        """Whether the data channel carries little."""
        return any(fault.filters_channel for fault in self._faults)

    def read(self, text: str) -> Event | None:
        """An event of a client that faults may want to see; None where there are none, or it is no event."""
        if not self._faults:
            return None
        try:
            return decode(text)
        except NotAnEvent:
            return None

    def heard(self, event: Event) -> list[Deed]:
        """What comes of an event of a client."""
        deeds: list[Deed] = [Serve(event)]
        for fault in self._faults:
            deeds = [
                deed
                for each in deeds
                for deed in (fault.heard(each.event) if isinstance(each, Serve) else [each])
            ]
        return deeds

    def told(self, effects: Iterable[Effect], now: float) -> list[Deed]:
        """What comes, at this moment, of what the session wants done."""
        done: list[Deed] = []
        for effect in effects:
            for deed in self.through(effect):
                self._pass(deed, now, done)
        return done

    def through(self, effect: Effect) -> list[Deed]:
        """What the faults make of it, lateness aside."""
        deeds: list[Deed] = [effect]
        for fault in self._faults:
            deeds = [deed for each in deeds for deed in _after(each, fault)]
        return deeds

    @property
    def deadline(self) -> float:
        """When something that is late is due."""
        return self._waiting[0][0] if self._waiting else NEVER

    def due(self, now: float) -> list[Effect]:
        """What was late, and is told now."""
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            found.append(self._waiting.popleft()[1])
        return found

    def _pass(self, deed: Deed, now: float, done: list[Deed]) -> None:
        if isinstance(deed, Later):
            after = max(self._waiting[-1][0] if self._waiting else 0.0, now + deed.seconds)
            self._waiting.append((after, deed.effect))
        elif self._waiting and isinstance(deed, Emit | Close):
            self._waiting.append((self._waiting[-1][0], deed))
        else:
            done.append(deed)


def _after(deed: Deed, fault: Fault) -> Sequence[Deed]:
    """What a fault makes of a deed of the fault before it."""
    if isinstance(deed, Later):
        inner = fault.told(deed.effect)
        return (
            [Later(deed.seconds, inner[0]), *inner[1:]] if inner and isinstance(inner[0], Effect) else inner
        )
    return fault.told(deed) if isinstance(deed, Effect) else [deed]
