"""A microphone at this machine, for `jackfield talk --mic`. A sound file or a sentence does without."""

from __future__ import annotations

import importlib

from jackfield.doctor.finding import Finding, ok, warn

WHAT = "microphone"
_INSTEAD = "jackfield talk --audio FILE.wav, or --say SENTENCE, needs none; neither does the page"


def looked_at() -> Finding:
    """May take as long as the machine's sound system takes: to be run in a thread."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except ImportError:
        return warn(WHAT, "the package sounddevice is not installed", f"pip install sounddevice; {_INSTEAD}")
    except OSError:
        return warn(WHAT, "the library PortAudio is not installed", f"apt install libportaudio2; {_INSTEAD}")
    try:
        device = sounddevice.query_devices(kind="input")
    except Exception as error:  # PortAudioError, ValueError: whatever the sound system says
        return warn(WHAT, f"there is no input device ({error})", _INSTEAD)
    return ok(WHAT, f"{device['name']}")
