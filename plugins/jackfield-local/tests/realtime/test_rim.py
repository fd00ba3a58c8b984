"""The small parts around the engine."""

import asyncio

import numpy as np
import pytest

from jackfield_local.speech_threads import SpeechThreads
from jackfield_local.spoken_text import Phrases
from jackfield_local.websocket import MOST_WAITING, TRY_AGAIN_LATER, Socket

from .server import Small


def test_whole_sentences_are_spoken_while_the_next_is_being_written() -> None:
    phrases = Phrases()
    pieces = ["It is", " ready. You can", ' "collect" it.', " Bye", "!"]
    assert [phrases.add(piece) for piece in pieces] == ["", "It is ready.", "", 'You can "collect" it.', ""]
    assert phrases.rest() == "Bye!"
    assert phrases.rest() == ""


def test_a_price_is_not_cut_at_its_point() -> None:
    phrases = Phrases()
    assert phrases.add("It costs 129.99 pounds") == ""
    assert phrases.rest() == "It costs 129.99 pounds"


def test_a_sentence_without_end_is_spoken_all_the_same() -> None:
    phrases = Phrases()
    spoken = [phrases.add("word ") for _ in range(100)]
    assert " ".join([*filter(None, spoken), phrases.rest()]).split() == ["word"] * 100
    assert len(list(filter(None, spoken))) == 1


class Silent:
    """A WebSocket to a client that never reads: nothing that is sent to it ever ends."""

    def __init__(self) -> None:
        self.closed: tuple[int, str] | None = None

    async def send_text(self, text: str) -> None:
        await asyncio.get_running_loop().create_future()

    async def close(self, code: int, reason: str) -> None:
        self.closed = code, reason


async def test_a_client_that_does_not_read_is_given_up() -> None:
    socket = Socket(Silent())  # type: ignore[arg-type]
    for _ in range(MOST_WAITING + 5):
        socket.send("error", "{}")
    *_, last = [socket._waiting.get_nowait() for _ in range(socket._waiting.qsize())]
    assert last == (TRY_AGAIN_LATER, "the client does not read")


class BrokenVoice:
    def speak(self, text: str, voice: str, speed: float):
        yield np.zeros(240, np.float32)
        raise RuntimeError("out of breath")


async def test_a_voice_that_breaks_is_heard_of() -> None:
    threads = SpeechThreads(Small(voice=BrokenVoice()))
    pieces = threads.speak("hello", "marin", 1.0)
    assert len(await anext(pieces)) == 480
    with pytest.raises(RuntimeError, match="out of breath"):
        await anext(pieces)
    threads.close()
