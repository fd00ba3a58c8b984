"""All that a test overhears of one line."""

from __future__ import annotations

from jackfield.config import Config
from jackfield.notices import Notice
from jackfield.providers.base import Provider
from jackfield.testing.floor import Floor
from jackfield.testing.recording import Recording
from jackfield.testing.redaction import Redaction
from jackfield.testing.skipping import SkippingClock
from jackfield.testing.wiretap import Wiretap


class Overheard:
    """`floor` knows whether anything is to come, `lines` are the recording, `clock` is the session's."""

    def __init__(self, config: Config, agent: str) -> None:
        self.clock = SkippingClock()
        self.floor = Floor()
        self.lines: list[str] = []
        redaction = Redaction.of(config)
        self._recording = Recording(self.lines.append, redaction, {"agent": agent}, self.clock.time)

    def tap(self, provider: Provider, session_id: str, agent: str) -> Provider:
        """As `Fittings.provider`."""
        return Wiretap(Wiretap(provider, self.floor), self._recording)

    def told(self, notice: Notice, session_id: str) -> None:
        """As `Fittings.told`."""
        self._recording.noticed(notice)
