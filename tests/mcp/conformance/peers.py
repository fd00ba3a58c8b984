"""What is put to the suite: Jackfield's client and server, and those of the bare SDK beside them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
JACKFIELD = [sys.executable, "-c", "from jackfield.cli import main; main()"]

METADATA = "Metadata-Version: 2.1\nName: jackfield-suite\nVersion: 1\n"
ENTRY_POINTS = "[jackfield]\nsuite = plugin\n"


def client_command(name: str) -> str:
    """The program that the suite starts for each scenario; it puts an address behind."""
    return shlex.join([sys.executable, str(HERE / f"{name}_client.py")])


@contextmanager
def jackfield_server(folder: Path) -> Iterator[str]:
    """`jackfield mcp serve` with the suite's tools: its address."""
    site = folder / "jackfield_suite-1.dist-info"
    site.mkdir(exist_ok=True)
    (site / "METADATA").write_text(METADATA)
    (site / "entry_points.txt").write_text(ENTRY_POINTS)
    agents = folder / "agents.yaml"
    agents.write_text("version: 1\nallow_plugins: [suite]\nagents:\n  a:\n    instructions: Help.\n")
    serve = ["mcp", "serve", str(agents), "--tools", "suite.*", "--plain"]
    command = [*JACKFIELD, *serve, "--transport", "http", "--port", "0"]
    with _server(command, f"{HERE}:{folder}") as url:
        yield url


@contextmanager
def sdk_server() -> Iterator[str]:
    """The same tools on the SDK's own server."""
    with _server([sys.executable, str(HERE / "sdk_server.py")], str(HERE)) as url:
        yield url


@contextmanager
def _server(command: list[str], path: str) -> Iterator[str]:
    environment = {**os.environ, "PYTHONPATH": path}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        words = [word.rstrip(".") for word in line.split() if word.startswith("http://")]
        assert words, f"{command} said {line!r}"
        yield words[0]
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
