"""A runtime with the agents.yaml of the repository, and voices to talk to it with."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from jackfield.config import load
from jackfield.media import read_wav
from jackfield.runtime import Runtime
from jackfield_local.faculties import load_ears, load_voice
from jackfield_local.speech import EAR_RATE, VOICE_RATE

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
async def runtime() -> AsyncIterator[Runtime]:
    async with Runtime(load(ROOT / "agents.yaml")) as runtime:
        await runtime.servers_met()
        yield runtime


@pytest.fixture(scope="session")
def say() -> Callable[[str], bytes]:
    """Turns a sentence into speech: s16le mono at 24 kHz."""
    voice = load_voice()

    def spoken(text: str) -> bytes:
        sound = np.concatenate(list(voice.speak(text, "cedar", 1.0)))
        return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()

    return spoken


@pytest.fixture(scope="session")
def recognise() -> Callable[[Path], str]:
    """What is said in a WAV file, as the embedded server's own ears understand it."""
    ears = load_ears()

    def words(path: Path) -> str:
        sound = np.frombuffer(read_wav(path), "<i2").astype(np.float32) / 32768
        places = np.arange(0, len(sound), VOICE_RATE / EAR_RATE)
        heard = np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
        parts = [heard[start : start + 12 * EAR_RATE] for start in range(0, len(heard), 12 * EAR_RATE)]
        return " ".join(ears.recognise(part, []).text for part in parts).lower()

    return words
