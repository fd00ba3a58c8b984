"""Real models, loaded once; the voice at the rate of the ears."""

from collections.abc import Callable

import numpy as np
import pytest

from jackfield_local.ears import MoonshineEars
from jackfield_local.faculties import load_ears, load_voice
from jackfield_local.speech import Audio
from jackfield_local.voice import HibariVoice


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


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
        length = len(sound) * 2 // 3
        spectrum = np.fft.rfft(sound)[: length // 2 + 1]
        return np.pad(np.fft.irfft(spectrum, length) * 2 / 3, 3200).astype(np.float32)

    return speak
