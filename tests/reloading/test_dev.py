"""`jackfield dev` and SIGHUP: what is saved is heard in the next answer of a call that is going on."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO

import pytest

from jackfield.cli.dev import Watch
from jackfield.cli.reloading import Reloader
from jackfield.notices import AgentSaid, Trouble
from jackfield.runtime import Runtime

from .conftest import CODE, PATIENCE, Caller, Project, calling

QUESTION = "Where is my parcel?"


@asynccontextmanager
async def watching(runtime: Runtime, project: Project) -> AsyncIterator[None]:
    task = asyncio.create_task(Watch(Reloader(runtime, project.agents)).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def asks_until(caller: Caller, question: str, answer: str) -> None:
    """Ask again and again: what is saved is taken over a moment later."""
    async with asyncio.timeout(PATIENCE):
        while answer not in caller.heard():
            before = len(caller.all(AgentSaid))
            await caller.session.say(question)
            await caller.until(lambda before=before: len(caller.all(AgentSaid)) > before)  # type: ignore[misc]


async def test_what_is_saved_is_heard_in_the_next_answer(project: Project, runtime: Runtime) -> None:
    async with calling(runtime) as caller, watching(runtime, project):
        await caller.says(QUESTION, "Your parcel is in Leeds")
        project.edit(project.code, "Your parcel is in", "We keep your parcel in")
        await asks_until(caller, QUESTION, "We keep your parcel in Leeds")
        project.edit(project.agents, "Brightside Repairs", "Moonlight Bakery")
        await asks_until(caller, "Who are you?", "Moonlight Bakery")


async def test_a_syntax_error_keeps_the_old_version_and_is_shown(
    project: Project, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    async with calling(runtime) as caller, watching(runtime, project):
        await caller.says(QUESTION, "Leeds")
        project.edit(project.code, "def where_is_my_parcel() -> str:", "def where_is_my_parcel() -> str")
        await caller.until(lambda: bool(caller.all(Trouble)))
        assert (
            caller.all(Trouble)[0].message == "A change was not taken over: plugin parcels cannot be imported"
        )
        assert "10 | def where_is_my_parcel() -> str\n" in capsys.readouterr().err
        await caller.says(QUESTION, "Your parcel is in Leeds")


async def test_a_wrong_agents_yaml_keeps_the_old_one_and_is_shown(
    project: Project, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    async with calling(runtime) as caller, watching(runtime, project):
        project.edit(project.agents, "instructions:", "instructons:")
        await caller.until(lambda: bool(caller.all(Trouble)))
        assert 'agents.yaml:7:5: unknown key "instructons"' in capsys.readouterr().err
        await caller.says("Who are you?", "Brightside Repairs")


# --- as commands ------------------------------------------------------------------------------------------


class Terminal:
    """A command that is running, and everything that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
        self._readers = [threading.Thread(target=self._read, args=(stream,)) for stream in streams]
        for reader in self._readers:
            reader.start()

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line)

    def shows(self, text: str) -> None:
        """Wait until it prints this."""
        seen = ""
        while text not in seen:
            try:
                seen += self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"{text!r} was not shown, but\n{seen}") from None


@contextmanager
def running(command: str, project: Project) -> Iterator[Terminal]:
    arguments = ["-c", "from jackfield.cli import main; main()", command, str(project.agents), "--port", "0"]
    path = [str(project.agents.parent), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "JACKFIELD_PLUGINS": "local,parcels"},
    )
    terminal = Terminal(process)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def own_project(tmp_path: Path) -> Project:
    about = tmp_path / "probe_parcels-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: probe-parcels\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[jackfield]\nparcels = probe_parcels\n")
    return Project(tmp_path)


def test_dev_shows_what_it_takes_over_and_what_it_does_not(own_project: Project) -> None:
    with running("dev", own_project) as terminal:
        terminal.shows("Open http://127.0.0.1:")
        own_project.edit(own_project.code, "import threading", "import treading")
        terminal.shows("probe_parcels.py:2:1: ModuleNotFoundError: No module named 'treading'")
        own_project.code.write_text(CODE)
        terminal.shows("Reloaded code of parcels.")
        own_project.edit(own_project.agents, "Leeds", "York")
        terminal.shows("Reloaded plugins parcels.")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 0


def test_serve_reads_agents_yaml_again_when_it_is_told_to(own_project: Project) -> None:
    with running("serve", own_project) as terminal:
        terminal.shows("Open http://127.0.0.1:")
        terminal.process.send_signal(signal.SIGHUP)
        terminal.shows("Nothing has changed.")
        own_project.edit(own_project.agents, "Brightside", "Moonlight")
        own_project.edit(own_project.agents, "    tools:", "    voice: cedar\n    tools:")
        terminal.process.send_signal(signal.SIGHUP)
        terminal.shows("Reloaded agents desk.\n  desk.voice holds from the next call on")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 0
