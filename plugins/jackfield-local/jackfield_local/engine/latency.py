"""Where the time between the caller's last word and the first sound of the answer went."""

from __future__ import annotations

from dataclasses import dataclass, field

# In the order in which they follow each other.
PARTS = ("end_of_turn", "recognition", "mind", "synthesis")
PREFIX = "jackfield_"


@dataclass(slots=True)
class Latency:
    """One response's parts, in seconds. A part it did not have is absent.

    end_of_turn: silence waited for after the last word. recognition: from the end of the turn until the
    words were known (0 where they were guessed in time). mind: until its first piece. synthesis: from
    that piece to the first sound. Their sum is the delay the caller heard, transport aside.
    """

    parts: dict[str, float] = field(default_factory=dict)
    since: float = 0.0

    def note(self, part: str, now: float) -> None:
        """`part` ended now; only its first end counts."""
        if part not in self.parts:
            self.parts[part] = max(0.0, now - self.since)
            self.since = now

    def metadata(self) -> dict[str, str]:
        """As `response.done` carries it: decimal milliseconds."""
        return {
            f"{PREFIX}{part}_ms": f"{self.parts[part] * 1000:.1f}" for part in PARTS if part in self.parts
        }
