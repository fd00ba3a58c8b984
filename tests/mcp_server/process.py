"""`jackfield mcp serve` with a plugin of ours, as a process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
JACKFIELD = [sys.executable, "-c", "from jackfield.cli import main; main()"]
AGENTS = "version: 1\nallow_plugins: [bench]\nagents:\n  a:\n    instructions: Help.\n"


def install(folder: Path) -> dict[str, str]:
    """The environment in which the plugin is installed, and an agents.yaml in `folder`."""
    site = folder / "jackfield_bench-1.dist-info"
    site.mkdir()
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: jackfield-bench\nVersion: 1\n")
    (site / "entry_points.txt").write_text("[jackfield]\nbench = bench_plugin\n")
    (folder / "agents.yaml").write_text(AGENTS)
    return {**os.environ, "PYTHONPATH": f"{HERE}:{folder}"}


def command(folder: Path, *options: str) -> list[str]:
    return [*JACKFIELD, "mcp", "serve", str(folder / "agents.yaml"), *options]
