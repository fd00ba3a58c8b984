"""Makes the questions in this folder: 16-bit mono at 24 kHz, in the voice of the embedded server.

    python tests/audio/make.py

The voice is deterministic, so the files only change when their words or the voice do.
"""

import wave
from pathlib import Path

import numpy as np

from jackfield_local.faculties import load_voice
from jackfield_local.speech import VOICE_RATE

QUESTIONS = {
    "time-and-ticket": "What time is it in Lima, and is ticket ten forty two ready?",
    "ask-supplier": "Could you ask the supplier about a ThinkPad screen?",
    "what-time-in-tokyo": "What time is it in Tokyo?",
    "open-on-saturday": "Are you open on Saturday?",
    "transfer-workshop": "Please put me through to the workshop.",
}


def main() -> None:
    voice = load_voice()
    for name, question in QUESTIONS.items():
        sound = np.concatenate(list(voice.speak(question, "marin", 1.0)))
        with wave.open(str(Path(__file__).parent / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(VOICE_RATE)
            file.writeframes((sound * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
