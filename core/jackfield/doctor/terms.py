"""What a person asked the doctor for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Terms:
    """`within` bounds each probe, in seconds. `offline`: nothing beyond this machine is asked. `call`: a
    session is opened at each provider, and closed at once. `host`, `has_token` and `origins` are how
    `jackfield serve` is going to be started."""

    file: Path
    environ: Mapping[str, str]
    within: float = 5.0
    offline: bool = False
    call: bool = False
    host: str = "127.0.0.1"
    has_token: bool = False
    origins: tuple[str, ...] = ()
