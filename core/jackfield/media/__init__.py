"""Sound: the headless WebRTC peer, and what every media process is built from.

Importing this package loads no codec and no WebRTC; those live in the media processes.
"""

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
