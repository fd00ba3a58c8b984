"""The tutorial, followed to the letter: its commands are run and its files are written, in order.

What stands in a text listing must have been printed, line by line and in this order, by the last command or
by `jackfield dev`, which runs on beside the others.
"""

from __future__ import annotations

import os
import queue
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .listings import ROOT, Listing, listings

PAGE = ROOT / "docs" / "tutorial" / "first-tool.md"
PATIENCE = 90.0
OFFLINE = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]


class Reader:
    """A person who does what the page says, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = folder / "site"
        self._shown = ""
        self._dev: subprocess.Popen[str] | None = None
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reading: threading.Thread | None = None

    def follow(self, listing: Listing) -> None:
        if listing.language == "console":
            for line in listing.text.splitlines():
                self._run(shlex.split(line.removeprefix("$ ")))
        elif listing.language == "text":
            self._look_for(listing.text.splitlines())
        else:
            name, _, text = listing.text.removeprefix("# ").partition("\n")
            (self.folder / name).write_text(text)

    def close(self) -> None:
        if self._dev is not None and self._reading is not None:
            self._dev.terminate()
            self._dev.wait(PATIENCE)
            self._reading.join(PATIENCE)

    def _run(self, words: list[str]) -> None:
        match words:
            case ["python3", "-m", "venv", *_] | ["pip", "install", "jackfield", *_]:
                pass  # that is done: these tests run there
            case ["cd", name]:
                self.folder /= name
            case ["pip", "install", "-e", _]:
                self._finish(["pip", "install", *OFFLINE, "--target", str(self.site), "."])
            case ["rm", name]:
                (self.folder / name).unlink()
            case ["jackfield", "dev"]:
                self._start_dev()
            case ["jackfield", *rest]:
                self._shown = self._finish(["jackfield", *rest])
            case _:
                self._finish(words)

    def _finish(self, words: list[str]) -> str:
        done = subprocess.run(
            self._command(words),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _start_dev(self) -> None:
        self._dev = subprocess.Popen(
            self._command(["jackfield", "dev", "--port", "0"]),
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, args=(self._dev,))
        self._reading.start()
        self._wait_for("Open http://127.0.0.1:")

    def _read(self, dev: subprocess.Popen[str]) -> None:
        assert dev.stdout is not None
        with dev.stdout:
            for line in dev.stdout:
                self._news.put(line)

    def _look_for(self, lines: list[str]) -> None:
        if lines[0].startswith("SyntaxError"):  # the page tells of a mistake to make
            code = self.folder / "corner_shop_tools.py"
            right = code.read_text()
            code.write_text(right.replace("(item: str) -> str:", "(item: str) -> str"))
            self._wait_for(*lines)
            code.write_text(right)
            self._wait_for("Reloaded code of corner-shop")
        elif lines[0].startswith("Reloaded"):
            self._wait_for(*lines)
        else:
            rest = self._shown
            for line in lines:
                assert line in rest, f"{line!r} is not in\n{self._shown}"
                rest = rest.partition(line)[2]

    def _wait_for(self, *texts: str) -> None:
        """Until `jackfield dev` has printed all of these."""
        seen = ""
        while not all(text in seen for text in texts):
            try:
                seen += self._news.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"{texts} were not shown, but\n{seen}") from None

    def _command(self, words: list[str]) -> list[str]:
        if words[0] == "jackfield":
            return [sys.executable, "-c", "from jackfield.cli import main; main()", *words[1:]]
        return [sys.executable, "-m", *words]

    def _environment(self) -> dict[str, str]:
        # As an editable install has it: the code where it is written, the metadata where packages are.
        path = [str(self.folder), str(self.site), os.environ.get("PYTHONPATH", "")]
        names = {"JACKFIELD_PLUGINS": "local,corner-shop"}
        return {**os.environ, **names, "PYTHONPATH": os.pathsep.join(filter(None, path))}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    reader.close()


@pytest.mark.timeout(400)  # two calls aloud and five processes, on a machine that may be busy
def test_who_follows_the_tutorial_hears_a_tool_of_their_own(reader: Reader) -> None:
    for listing in listings(PAGE):
        reader.follow(listing)
    assert (reader.folder / "reply.wav").is_file()
