"""Who calls by phone, as far as the network says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN = 3
"""So many digits of a number may be in a log: enough to tell two calls apart."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What came with the call. Nothing of it is proven: whoever places a call can write any number and any
    header into it.

    `number` and `dialled` are as `+442079460000`, or a name where the network gives no number, or "" where
    it says nothing. `headers` are those of the SIP invitation, by lower-case name; of one that occurs
    several times the first. Neither of them is shown by `repr`.
    """

    number: str = field(default="", repr=False)
    dialled: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def masked(self) -> str:
        """The caller's number as it may be logged: `…000`."""
        return masked(self.number)


def masked(number: str) -> str:
    """The end of a number; nothing of one that is so short that its end says all."""
    return f"…{number[-SHOWN:]}" if len(number) >= 2 * SHOWN else "…"
