"""A plugin from elsewhere: built as a wheel, installed with pip, used in a session, uninstalled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

PATIENCE = 120.0

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "acme-weather"
version = "3.1"
dependencies = ["jackfield"]

[project.entry-points.jackfield]
weather = "acme_weather"

[tool.hatch.build.targets.wheel]
only-include = ["acme_weather.py"]
"""

MODULE = '''\
"""The weather, for a Jackfield agent."""

import jackfield


def today(city: str) -> str:
    """What the weather is like in a city."""
    return f"It is fine in {city}."


@jackfield.hookimpl
def register_tools(register):
    register(today, read_only=True)
'''

SESSION = '''\
"""A caller asks, in writing, and is told by the tool."""

import asyncio

from jackfield.testing import line, when

AGENTS = {"agents": {"desk": {"instructions": "You know the weather.", "tools": ["weather.today"]}}}
SCRIPT = [when("weather").calls("weather.today", city="Lima").then("{output}")]


async def main():
    async with line(agents=AGENTS, script=SCRIPT) as caller:
        await caller.says("What is the weather like?")
        print(caller.said[-1])


asyncio.run(main())
'''


LISTING = "import sys; from jackfield.cli import main; sys.argv[1:] = ['plugins', '--json']; main()"


class Environment:
    """An environment of its own, that sees what is installed in ours, and nothing of the repository else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        (site,) = folder.glob("lib/python*/site-packages")
        ours = sysconfig.get_path("purelib")
        (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [self.python, *words],
            cwd=self.folder,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pip(self, *words: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check"]
        done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr

    def plugins(self) -> dict[str, dict[str, object]]:
        listed = json.loads(self.run("-c", LISTING))
        return {entry["name"]: entry for entry in listed}


def built(folder: Path) -> Path:
    """The wheel of a plugin that is nowhere in this repository."""
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "acme_weather.py").write_text(MODULE)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_a_plugin_from_a_wheel_is_found_listed_used_in_a_session_and_gone_when_uninstalled(
    tmp_path: Path,
) -> None:
    (tmp_path / "source").mkdir()
    wheel = built(tmp_path / "source")
    environment = Environment(tmp_path / "environment")
    assert "weather" not in environment.plugins()

    environment.pip("install", "--no-deps", "--no-index", str(wheel))
    found = environment.plugins()["weather"]
    assert (found["distribution"], found["version"], found["state"]) == ("acme-weather", "3.1", "loaded")
    assert (found["hooks"], found["tools"]) == (["register_tools"], ["weather.today"])

    (environment.folder / "session.py").write_text(SESSION)
    assert environment.run("session.py").strip() == "It is fine in Lima."

    environment.pip("uninstall", "--yes", "acme-weather")
    assert "weather" not in environment.plugins()
