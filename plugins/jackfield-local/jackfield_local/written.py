"""Faculties for text alone: nothing is loaded, so that the server is ready at once.

For tests, which write to agents by the hundred. The rules mind loads when it is first asked; whoever
speaks to such a server, or wants to hear it, is told what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import cast

from jackfield import ConfigurationError, MediaError
from jackfield_local.faculty import RULES, SCRIPT, ClosableMind, Faculties, MindSettings
from jackfield_local.line import Line, LinesFull
from jackfield_local.minds.script import ScriptMind, load_script
from jackfield_local.speech import Audio, Call, Heard, Say, Thought

_WHY = "this server was started with --written: it has neither ears nor a voice"


class NoEars:
    """Hears nothing."""

    def recognise(self, audio: Audio, words: Sequence[str]) -> Heard:
        raise MediaError(_WHY)


class NoVoice:
    """Says nothing."""

    def speak(self, text: str, voice: str, speed: float) -> Iterator[Audio]:
        raise MediaError(_WHY)


class NoActivity:
    """Nobody ever speaks."""

    def probability(self, frame: Audio) -> float:
        return 0.0


class NoLines:
    """`Lines` without a media process."""

    async def answer(self, offer: str) -> Line:
        raise LinesFull(_WHY)

    async def aclose(self) -> None:
        """There is nothing to close."""


class LateMind:
    """A mind that is loaded, in a thread, when it is first asked."""

    def __init__(self, load: Callable[[], ClosableMind]) -> None:
        self._load = load
        self._mind: ClosableMind | None = None
        self._loading = asyncio.Lock()

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None:
        if self._mind is not None:
            self._mind.prepare(tools)

    async def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        async with self._loading:
            if self._mind is None:
                self._mind = await asyncio.to_thread(self._load)
        async for piece in self._mind.respond(thought):
            yield piece

    async def aclose(self) -> None:
        if self._mind is not None:
            await self._mind.aclose()


def load_written(settings: MindSettings) -> Faculties:
    """Raises `ConfigurationError` for a script that cannot be read."""
    return Faculties(NoEars(), NoVoice(), _mind(settings), NoActivity)


def _mind(settings: MindSettings) -> ClosableMind:
    if settings.kind == SCRIPT and settings.script is not None:
        return ScriptMind(load_script(settings.script))
    if settings.kind != RULES:
        raise ConfigurationError(f"--written goes with the minds {RULES} and {SCRIPT}")
    return LateMind(lambda: _load_mind(settings))


def _load_mind(settings: MindSettings) -> ClosableMind:
    # By name: the models that `faculties` imports take most of a second, and are not needed before this.
    return cast(ClosableMind, import_module("jackfield_local.faculties").load_mind(settings))
