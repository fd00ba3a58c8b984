"""What `--record` of `serve` and `talk` does."""

from __future__ import annotations

from pathlib import Path

from jackfield.config import Config
from jackfield.session import Fittings
from jackfield.testing.recording import Recorder
from jackfield.testing.redaction import Redaction


def recording(config: Config, place: Path | None) -> Fittings | None:
    """Fittings of a runtime that records its sessions to `place`, without secrets; None for nowhere."""
    return None if place is None else Recorder(place, Redaction.of(config)).fittings()
