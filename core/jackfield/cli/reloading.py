"""A change of agents.yaml, or of a plugin's code, taken over into the calls that are going on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from jackfield.config import load
from jackfield.config.changes import Changes
from jackfield.errors import JackfieldError
from jackfield.notices import Trouble
from jackfield.runtime import Runtime


class Reloader:
    """Says what came of each change on the terminal; what is wrong, also to whoever watches a call."""

    def __init__(self, runtime: Runtime, file: Path) -> None:
        self.file = file
        self._runtime = runtime

    async def reload(self, code: Collection[str] = ()) -> None:
        """Read agents.yaml again, and import the code of these plugins anew. What is wrong is shown, and
        everything stays as it was."""
        try:
            config = await asyncio.to_thread(load, self.file)
            changes = await self._runtime.reload(config, code)
        except JackfieldError as error:
            self._refuse(str(error))
        else:
            self._tell(changes, code)

    def _refuse(self, reason: str) -> None:
        click.echo(f"{reason}\n\nNothing was taken over; calls go on with what was there before.", err=True)
        head = reason.partition("\n")[0]
        for session in list(self._runtime.sessions.values()):
            session.observe(Trouble(0.0, f"A change was not taken over: {head}"))

    def _tell(self, changes: Changes, code: Collection[str]) -> None:
        parts = [str(changes)] if changes else []
        parts += [f"code of {name}" for name in sorted(code)]
        lines = len(self._runtime.sessions)
        where = f" ({lines} {'call goes' if lines == 1 else 'calls go'} on with it)" if lines else ""
        click.echo(f"Reloaded {'; '.join(parts)}{where}." if parts else "Nothing has changed.")
        for key in changes.next_call:
            click.echo(f"  {key} holds from the next call on")


@contextmanager
def on_hangup(reloader: Reloader, end: Callable[[], object]) -> Iterator[None]:
    """Within the block SIGHUP reloads, where there is such a signal; but `end` is called if it means what
    it meant first, that the terminal was closed."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    loop = asyncio.get_running_loop()
    reloading: set[asyncio.Task[None]] = set()
    on_a_terminal = _on_a_terminal()

    def hung_up() -> None:
        if on_a_terminal and not _on_a_terminal():
            end()
            return
        task = loop.create_task(reloader.reload(), name="reload")
        reloading.add(task)
        task.add_done_callback(reloading.discard)

    loop.add_signal_handler(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        for task in reloading:
            task.cancel()


def _on_a_terminal() -> bool:
    try:
        os.tcgetpgrp(0)
    except OSError:
        return False
    return True
