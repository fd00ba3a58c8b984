"""A caller who speaks: real sound over real WebRTC, both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from jackfield.errors import ConfigurationError
from jackfield.media import HeadlessPeer, Report
from jackfield.notices import (
    AgentStartedSpeaking,
    AgentStoppedSpeaking,
    CallerSaid,
    CallerStoppedSpeaking,
    Notice,
)
from jackfield.runtime import Runtime
from jackfield.session import Session

SPEAKING_PATIENCE = 40.0
"""Seconds: speech takes its time, and a busy machine its own."""


class Speaking:
    """The caller's side of the sound."""

    patience = SPEAKING_PATIENCE

    def __init__(self, peer: HeadlessPeer, speak: Callable[[str], bytes]) -> None:
        self._peer = peer
        self._speak = speak
        self._spoken = 0

    @classmethod
    async def call(cls, runtime: Runtime, agent: str, stack: AsyncExitStack) -> tuple[Session, Speaking]:
        """Put a headless peer through. Raises `MediaError`, and `ConfigurationError` without a voice."""
        voices = runtime.plugins.voices()
        if not voices:
            raise ConfigurationError("no installed plugin gives the caller a voice; install jackfield-local")
        peer = await stack.enter_async_context(HeadlessPeer.start())
        session, answer = await runtime.open_session(agent, await peer.offer())
        await peer.accept(answer)
        await peer.connected()
        return session, cls(peer, next(iter(voices.values())))

    async def say(self, text: str) -> None:
        """Say it aloud; it is on its way when this returns."""
        self._spoken += 1
        self._peer.play(await asyncio.to_thread(self._speak, text))

    def quiet(self, notices: Sequence[Notice]) -> bool:
        """No sound of the agent's goes out, and whatever the caller said was understood."""
        starts = sum(isinstance(each, AgentStartedSpeaking) for each in notices)
        stops = sum(isinstance(each, AgentStoppedSpeaking) for each in notices)
        ends = sum(isinstance(each, CallerStoppedSpeaking) for each in notices)
        understood = sum(isinstance(each, CallerSaid) for each in notices)
        return starts <= stops and self._spoken <= ends and ends <= understood

    async def finish(self, wav: Path | None) -> Report:
        """Hang up, and tell what the call was like."""
        return await self._peer.finish(wav)
