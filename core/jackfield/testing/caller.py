"""The caller in a test: says things, hears things, and knows which tools were called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from jackfield.errors import MediaError
from jackfield.media import Report
from jackfield.notices import AgentSaid, ConfirmationAsked, Notice, ResponseFinished, SessionEnded, Trouble
from jackfield.session import Session
from jackfield.testing.calls import Calls, calls_in
from jackfield.testing.overheard import Overheard
from jackfield.testing.recording import Recorded, recorded
from jackfield.testing.story import Heard, told

PATIENCE = 10.0
"""Seconds, of the real clock, after which whatever a test waits for will not happen any more."""


class Mouth(Protocol):
    """How the caller says something: by writing it, or aloud."""

    patience: float

    async def say(self, text: str) -> None:
        """Returns when it is said."""

    def quiet(self, notices: Sequence[Notice]) -> bool:
        """Whether the caller hears nothing any more, and is heard out."""

    async def finish(self, wav: Path | None) -> Report:
        """Hang up, and tell what the call was like. Raises `MediaError` where there was no sound."""


class Writing:
    """The caller types."""

    patience = PATIENCE

    def __init__(self, session: Session) -> None:
        self._session = session

    async def say(self, text: str) -> None:
        await self._session.say(text)

    def quiet(self, notices: Sequence[Notice]) -> bool:
        return True

    async def finish(self, wav: Path | None) -> Report:
        raise MediaError("there is no sound to measure on this line; open it with line(…, audio=True)")


class Caller:
    """Made by `line`. `session` is the real one; `clock` is what its time-outs and announcements go by."""

    def __init__(
        self, session: Session, mouth: Mouth, overheard: Overheard, hanging: Collection[str]
    ) -> None:
        self.session = session
        self.clock = overheard.clock
        self._overheard = overheard
        self._mouth = mouth
        self._hanging = hanging
        self._report: Report | None = None
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())
        overheard.floor.changed = self._news.set

    @property
    def notices(self) -> Sequence[Notice]:
        """All that the session has told so far."""
        return self.session.noticed

    # --- saying and hearing ---------------------------------------------------------------------------

    async def says(self, text: str, *, wait: bool = True) -> None:
        """Say this when the agent has finished, and wait until it has answered: no response is on its way and
        no tool is at work but those that `hang`. With `wait=False`, say it now and wait for nothing.

        Raises `AssertionError`, with all that happened, where that does not come to an end.
        """
        if not wait:
            await self._mouth.say(text)
            return
        await self.until(self.settled, "for the agent to finish")
        before = self._overheard.floor.responses
        await self._mouth.say(text)
        await self.until(
            lambda: (self._overheard.floor.responses > before or self._over) and self.settled(),
            f"for the answer to {text!r}",
        )

    def heard(self, words: str) -> Heard:
        """Whether the agent has said this: the same words one after the other, whatever their case and
        punctuation. True or false in a condition; in a failed `assert`, all that the agent said."""
        return Heard(words, self.said)

    async def hears(self, words: str) -> None:
        """Wait until the agent says this. Raises `AssertionError` if it does not."""
        await self.until(lambda: bool(self.heard(words)), f"to hear {words!r}")

    @property
    def said(self) -> list[str]:
        """What the agent has said, one text for each time."""
        return [each.text for each in self.notices if isinstance(each, AgentSaid)]

    @property
    def calls(self) -> Calls:
        """The function calls so far: `caller.calls["clock.now"].arguments`."""
        return calls_in(self.notices)

    @property
    def agent(self) -> str:
        """Who has the line."""
        return self.session.agent

    # --- time, buttons and the end --------------------------------------------------------------------

    async def waits(self, seconds: float) -> None:
        """Let so much of the session's time pass, at once. What becomes due on the way happens in its order,
        and is spoken out before the next."""
        until = self.clock.time() + seconds
        while (due := self._next_due(until)) is not None:
            self.clock.skip(due - self.clock.time())
            await self._settle()
        self.clock.skip(until - self.clock.time())
        await self._settle()

    async def presses(self, *, yes: bool) -> None:
        """Answer the last question whether a tool may run by its button. Raises `AssertionError` if there is
        none."""
        asked = [each.call_id for each in self.notices if isinstance(each, ConfirmationAsked)]
        assert asked and await self.session.confirm(asked[-1], agreed=yes), self._story("no button is there")
        await self._settle()

    async def listened(self, wav: Path | None = None) -> Report:
        """End an audio call, and tell what it sounded like; the sound is in `wav`. Raises `MediaError` on a
        line for text."""
        self._report = self._report or await self._mouth.finish(wav)
        await self.hangs_up()
        return self._report

    async def assert_no_audio_gap(self, most_ms: int) -> None:
        """End an audio call; no two frames of the agent's sound may have come further apart than this."""
        report = await self.listened()
        longest, frames = report.longest_gap_ms, report.frames
        assert frames and longest <= most_ms, (
            f"the longest gap between {frames} frames of sound was {longest} ms, and {most_ms} are allowed; "
            f"by the second: {', '.join(map(str, report.gaps_ms))} ms"
        )

    async def recording(self, path: Path | None = None) -> Recorded:
        """Hang up, and hand out the recording of the call, for `replay`; it is written to `path`, too."""
        await self.hangs_up()
        if path is not None:
            await asyncio.to_thread(path.write_text, "".join(self._overheard.lines), "utf-8")
        return recorded(self._overheard.lines, "the recording of this call")

    async def hangs_up(self) -> None:
        """End the session. Idempotent."""
        await self.session.hang_up("the caller hung up")
        await self._reading

    async def until(self, happened: Callable[[], bool], what: str = "for that") -> None:
        """Wait until it is so. Raises `AssertionError`, with all that happened, after some seconds, or when
        the session ends without it."""
        try:
            async with asyncio.timeout(self._mouth.patience):
                while not happened():
                    if self._over:
                        raise AssertionError(self._story(f"the session ended while the test waited {what}"))
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(self._story(f"waited in vain {what}")) from None

    # --- inside ---------------------------------------------------------------------------------------

    async def _read(self) -> None:
        async for _ in self.session.timeline():
            self._news.set()
        self._news.set()

    @property
    def _over(self) -> bool:
        return bool(self.notices) and isinstance(self.notices[-1], SessionEnded)

    def settled(self) -> bool:
        """Whether nothing is to be expected before the caller says something or time passes."""
        self.session.settle()
        at_work = [call for call in self.calls.all if not call.outcome and call.tool not in self._hanging]
        quiet = self._overheard.floor.quiet and self._mouth.quiet(self.notices)
        return (quiet and not at_work and not self._tries_again()) or self._over

    def _tries_again(self) -> bool:
        """A response that failed is asked for once more."""
        ends = [each for each in self.notices if isinstance(each, ResponseFinished | Trouble)]
        return bool(ends) and isinstance(ends[-1], ResponseFinished) and ends[-1].status == "failed"

    async def _settle(self) -> None:
        for _ in range(3):  # a timer that rings, the alarm that is set again, what was told of it
            await asyncio.sleep(0)
        await self.until(self.settled, "for the agent to finish")

    def _next_due(self, until: float) -> float | None:
        due = self.clock.next_due()
        return due if due is not None and due <= until else None

    def _story(self, complaint: str) -> str:
        return f"{complaint}; this happened:\n{told(self.notices)}"
