"""How long a server that went down is left alone before it is started again. Decisions only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double, with chance in them, and never end: a server may come back after an hour.

    Times are seconds. A connection that held for `healthy_after` wipes out what went before. After
    `patience` accidents in a row nobody should wait for the server any more; it is still tried.
    """

    first: float = 0.2
    longest: float = 30.0
    healthy_after: float = 30.0
    patience: int = 5

    def accidents(self, before: int, held: float) -> int:
        """Accidents in a row, after one more; `held` is for how long the connection was in use."""
        return 1 if held >= self.healthy_after else before + 1

    def pause(self, accidents: int, chance: float) -> float:
        """The pause after that many accidents; `chance`, from 0 to 1, spreads it by a fifth either way,
        so that servers which fell together do not all come back in the same moment."""
        doublings = min(max(accidents - 1, 0), 32)
        return min(self.first * 2.0**doublings, self.longest) * (0.8 + 0.4 * chance)

    def hopeless(self, accidents: int) -> bool:
        """Whether a function call is better told at once that the server is down than made to wait."""
        return accidents >= self.patience
