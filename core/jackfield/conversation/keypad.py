"""The keys of the caller's phone: one by one they are digits, together they are something said."""

from __future__ import annotations

KEYS = frozenset("0123456789*#ABCD")

END = "#"
"""The key that says: that was all."""

PAUSE = 3.0
"""Seconds without a further key after which that was all, too."""

MOST_KEYS = 64
"""More are no number any more; they are told as they are."""


class Keypad:
    """Keeps keys until they are whole. `now` is in seconds."""

    def __init__(self) -> None:
        self._keys = ""
        self._pressed_at = 0.0

    def press(self, key: str, now: float) -> str:
        """All keys, if this one was the last; "" while more may come."""
        self._keys += key
        self._pressed_at = now
        return self._take() if key == END or len(self._keys) >= MOST_KEYS else ""

    def rest(self, now: float) -> str:
        """All keys, if there was none for long enough; else ""."""
        due = self.deadline
        return self._take() if due is not None and due <= now else ""

    @property
    def deadline(self) -> float | None:
        """When `rest` has something to tell; None if no key was pressed."""
        return self._pressed_at + PAUSE if self._keys else None

    def _take(self) -> str:
        keys, self._keys = self._keys, ""
        return keys


def told(keys: str) -> str:
    """As the model is told, in the caller's place."""
    return f"(The caller pressed {keys} on the phone.)"
