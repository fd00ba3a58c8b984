"""One response at work: the mind is asked, and what it says is spoken while it goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from jackfield import JackfieldError
from jackfield_local.engine.effects import Think
from jackfield_local.speech import Call, Mind, Say
from jackfield_local.speech_threads import SpeechThreads
from jackfield_local.spoken_text import Phrases

log = logging.getLogger(__name__)

PIECE_SECONDS = 60.0  # how long a mind may take for its next piece


class Report(Protocol):
    """Where a response's pieces go, as they come."""

    def said(self, response_id: str, text: str) -> None: ...
    def sounded(self, response_id: str, pcm: bytes) -> None: ...
    def called(self, response_id: str, name: str, arguments: Mapping[str, object]) -> None: ...
    def thought(self, response_id: str) -> None: ...
    def failed(self, response_id: str, code: str, message: str) -> None: ...


async def respond(order: Think, mind: Mind, threads: SpeechThreads, report: Report) -> None:
    """Never raises but when it is cancelled; ends with `thought` or `failed`."""
    try:
        await _respond(order, mind, threads, report)
    except TimeoutError:
        log.warning("response %s: no next piece in time", order.response_id)
        report.failed(order.response_id, "timeout", "The response took too long.")
    except JackfieldError as error:
        log.warning("response %s: %s", order.response_id, error)
        report.failed(order.response_id, "server_error", str(error))
    except Exception:
        log.exception("response %s failed", order.response_id)
        report.failed(order.response_id, "server_error", "The server had an error while making the response.")
    else:
        report.thought(order.response_id)


async def _respond(order: Think, mind: Mind, threads: SpeechThreads, report: Report) -> None:
    phrases = Phrases()
    pieces = mind.respond(order.thought)
    try:
        while (piece := await _next(pieces)) is not None:
            if isinstance(piece, Say):
                report.said(order.response_id, piece.text)
                await _speak(phrases.add(piece.text), order, threads, report)
            else:
                await _speak(phrases.rest(), order, threads, report)
                report.called(order.response_id, piece.name, piece.arguments)
        await _speak(phrases.rest(), order, threads, report)
    finally:
        await _close(pieces)


async def _next(pieces: AsyncIterator[Say | Call]) -> Say | Call | None:
    async with asyncio.timeout(PIECE_SECONDS):
        return await anext(pieces, None)


async def _close(pieces: AsyncIterator[Say | Call]) -> None:
    """Let a mind that is a generator end its requests."""
    if (aclose := getattr(pieces, "aclose", None)) is not None:
        await aclose()


async def _speak(text: str, order: Think, threads: SpeechThreads, report: Report) -> None:
    if not text or order.voice is None:
        return
    async for pcm in threads.speak(text, order.voice, order.speed):
        report.sounded(order.response_id, pcm)
