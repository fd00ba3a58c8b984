"""A session's timeline as server-sent events.

The event's id is the notice's place in the timeline, from 1; whoever comes back with `Last-Event-ID`
goes on after it. The stream ends when the session has ended.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from jackfield.notices import Notice

HEARTBEAT_SECONDS = 10.0
"""Proxies close what is silent for long, and a page learns by this that the line still stands."""

HEARTBEAT = ": the line is up\n\n"


async def stream(
    timeline: AsyncIterator[Notice], *, after: int = 0, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[str]:
    """The events of a timeline that starts behind place `after`, and a comment every `heartbeat` seconds
    of silence."""
    place = after
    async for notice in with_silences(timeline, heartbeat):
        if notice is None:
            yield HEARTBEAT
            continue
        place += 1
        yield f"id: {place}\ndata: {json.dumps(notice.as_dict(), ensure_ascii=False)}\n\n"


async def with_silences(timeline: AsyncIterator[Notice], seconds: float) -> AsyncIterator[Notice | None]:
    """What the timeline gives, and None whenever it gave nothing for so long.

    The pending step is waited for, never cancelled, by a silence: cancelling a generator in the middle
    of a step ends it.
    """
    step = asyncio.ensure_future(anext(timeline, None))
    try:
        while True:
            done, _ = await asyncio.wait({step}, timeout=seconds)
            if not done:
                yield None
                continue
            notice = step.result()
            if notice is None:
                return
            yield notice
            step = asyncio.ensure_future(anext(timeline, None))
    finally:
        step.cancel()


def last_event_id(header: str | None) -> int:
    """The place a reader left off at; 0, the start, for what is no such place."""
    return int(header) if header is not None and header.isascii() and header.isdigit() else 0
