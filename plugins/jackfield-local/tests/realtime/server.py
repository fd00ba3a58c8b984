"""The whole server on a real port, with small ears, a small voice and a small mind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from openai import AsyncOpenAI

from jackfield import MediaError
from jackfield_local.faculties import Faculties
from jackfield_local.http import create_app
from jackfield_local.keys import Keys
from jackfield_local.line import Line, Lines, LinesFull
from jackfield_local.process import Front, bind
from jackfield_local.speech import Audio, Call, Ears, Heard, Mind, Say, Thought, Voice, VoiceActivity
from jackfield_local.switchboard import Switchboard

LONG = "This goes on and on. " * 40


class Loudness:
    """Whatever is loud is speech."""

    def probability(self, frame: Audio) -> float:
        return 1.0 if float(np.abs(frame).mean()) > 0.01 else 0.0


@dataclass
class Ears1:
    """Understands the same in every sound."""

    text: str = "look it up"

    def recognise(self, audio: Audio, words: Sequence[str]) -> Heard:
        return Heard(self.text, 0.0)


class Hum:
    """A tone, a quarter of a second for each word."""

    def speak(self, text: str, voice: str, speed: float) -> Iterator[Audio]:
        tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(6000) / 24_000)
        for _ in text.split():
            yield tone.astype(np.float32)


class Clerk:
    """Looks up what it is asked, says what it found; "tell" makes it talk for long, "fail" fails."""

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None: ...

    async def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        said = words_of(thought.items[-1]) if thought.items else ""
        if "fail" in said:
            raise RuntimeError("a secret")
        if "look" in said and thought.tools:
            yield Say("One moment.")
            for tool in thought.tools:
                yield Call(str(tool["name"]), {"about": said})
        elif "tell" in said:
            yield Say(LONG)
        elif thought.pending:
            yield Say(f"I'm still waiting for {len(thought.pending)}.")
        else:
            yield Say(f"You said: {said}")

    async def aclose(self) -> None: ...


def words_of(item: object) -> str:
    assert isinstance(item, dict)
    if "output" in item:
        return str(item["output"])
    return " ".join(str(part.get("text") or part.get("transcript") or "") for part in item["content"])


@dataclass
class Small:
    """Faculties without models."""

    ears: Ears = field(default_factory=Ears1)
    voice: Voice = field(default_factory=Hum)
    mind: Mind = field(default_factory=Clerk)
    new_activity: Callable[[], VoiceActivity] = Loudness

    async def aclose(self) -> None: ...


class NoLines:
    """A pool in which every line is taken, and no offer is understood."""

    async def answer(self, offer: str) -> Line:
        if "m=audio" not in offer:
            raise MediaError("The offer has no audio.")
        raise LinesFull

    async def aclose(self) -> None: ...


@dataclass
class Server:
    port: int
    switchboard: Switchboard
    key: str

    def url(self, path: str = "/v1", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def client(self, key: str | None = None, path: str = "/v1") -> AsyncOpenAI:
        """The official one, as it is configured for Azure and for OpenAI alike."""
        return AsyncOpenAI(
            api_key=key or self.key,
            base_url=self.url(path),
            websocket_base_url=self.url(path, "ws"),
            max_retries=0,
        )


@asynccontextmanager
async def serving(
    lines: Lines | None = None,
    *,
    faculties: Small | Faculties | None = None,
    key: str = "sesame",
    seconds: float = 3600,
) -> AsyncIterator[Server]:
    switchboard = Switchboard(faculties or Small(), lines or NoLines(), session_seconds=seconds)
    with bind("127.0.0.1", 0) as listening:
        front = Front(create_app(switchboard, Keys(key or None)))
        running = asyncio.create_task(front.serve([listening]))
        try:
            async with asyncio.timeout(60):
                await front.ready.wait()
                yield Server(listening.getsockname()[1], switchboard, key or "anything")
        finally:
            await switchboard.aclose()
            front.should_exit = True
            await running
