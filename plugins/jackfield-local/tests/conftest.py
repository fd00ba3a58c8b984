"""Real models, loaded once; the voice at the rate of the ears."""

from collections.abc import Callable

import numpy as np
import pytest

from jackfield_local.ears import MoonshineEars
from jackfield_local.faculties import load_ears, load_voice
from jackfield_local.speech import Audio
from jackfield_local.voice import HibariVoice


@pytest.fixture(scope="session")
def ears() -> MoonshineEars:
    return load_ears()


@pytest.fixture(scope="session")
def voice() -> HibariVoice:
    return load_voice()


@pytest.fixture(scope="session")
def say(voice: HibariVoice) -> Callable[..., Audio]:
    """Speech as the ears get it: 16 kHz, a little silence around it."""

    def speak(text: str, name: str = "marin", speed: float = 1.0) -> Audio:
        sound = np.concatenate(list(voice.speak(text, name, speed)))
        times = np.arange(0, len(sound) - 1, 1.5)
        smooth = np.convolve(sound, np.full(3, 1 / 3), "same")  # against aliasing; speech has little up there
        heard = np.interp(times, np.arange(len(sound)), smooth)
        return np.pad(heard, 3200).astype(np.float32)

    return speak
