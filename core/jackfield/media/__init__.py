"""Sound: the headless WebRTC peer, and what every media process is built from.

Importing this package loads no codec and no WebRTC; those live in the media processes. Nor does it load numpy
before a name of it is used: sessions play what comes over a WebSocket with the parts of it that need none.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jackfield.media.headless import (
        ChannelOpened,
        Closed,
        Connected,
        Event,
        HeadlessPeer,
        MessageReceived,
        Said,
        SoundEnded,
        SoundStarted,
    )
    from jackfield.media.report import Question, Report
    from jackfield.media.wav import read_wav, write_wav

__all__ = [
    "ChannelOpened",
    "Closed",
    "Connected",
    "Event",
    "HeadlessPeer",
    "MessageReceived",
    "Question",
    "Report",
    "Said",
    "SoundEnded",
    "SoundStarted",
    "read_wav",
    "write_wav",
]

_ELSEWHERE = {"Question": "report", "Report": "report", "read_wav": "wav", "write_wav": "wav"}
"""Where a name stands that is not in `headless`."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'headless')}"), name)
