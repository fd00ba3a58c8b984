"""What starting costs, beside a Python that does nothing.

    python bench/startup.py [--runs 9] [--json FILE]

Every step is a process of its own; the steps alternate, so that what else the machine does falls on all of
them. `wall` is what a person waits for, `processor` does not depend on the load, `resident` is the most
memory the process ever held.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

from figures import Row, table, write

AGENTS = """\
version: 1
provider: openai
providers:
  openai: {model: gpt-realtime, api_key: sk-bench}
agents:
  clerk:
    instructions: Answer in one sentence.
    tools: [clock.now]
"""

RUNTIME = """\
import asyncio
from pathlib import Path
from jackfield.config import load
from jackfield.runtime import Runtime

async def main():
    async with Runtime(load(Path("agents.yaml"))) as runtime:
        assert runtime.catalogue().choose(["clock.now"]).tools

asyncio.run(main())
"""

COMMAND = """\
import sys
from jackfield.cli import main
sys.argv = ["jackfield", "check", "--offline", "agents.yaml"]
main()
"""

STEPS: Mapping[str, str] = {
    "python -c pass": "pass",
    "import jackfield": "import jackfield",
    "jackfield check --offline": COMMAND,
    "a runtime, started and closed": RUNTIME,
}
"""Each with one installed plugin, the clock, as a small agent would have it."""

CLOSING = """\
import atexit as _atexit, os as _os, time as _time
@_atexit.register
def _tell():
    try:
        with open("/proc/self/status") as status:
            kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        import resource
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _os.write(2, b"\\n%d %.6f" % (kilobytes, _time.process_time()))
"""
"""The process tells of itself: what the system tells of a child includes the parent it was forked from."""


def run(code: str, folder: str) -> dict[str, float]:
    """One step: seconds of wall clock and of processor, and the most megabytes."""
    environ = {**os.environ, "JACKFIELD_PLUGINS": "clock"}
    command = [sys.executable, "-c", CLOSING + code]
    began = perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, timeout=60, check=False)
    wall = perf_counter() - began
    if done.returncode:
        raise SystemExit(f"a step failed:\n{done.stderr.decode()}")
    kilobytes, processor = done.stderr.split()[-2:]
    return {"wall": wall, "processor": float(processor), "resident": int(kilobytes) / 1024}


def measure(runs: int) -> list[Row]:
    samples: dict[str, list[dict[str, float]]] = {name: [] for name in STEPS}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "agents.yaml").write_text(AGENTS)
        for _ in range(runs):
            for name, code in STEPS.items():
                samples[name].append(run(code, folder))
    return [
        {
            "step": name,
            "wall ms": round(1000 * median(each["wall"] for each in found)),
            "processor ms": round(1000 * median(each["processor"] for each in found)),
            "resident MB": round(median(each["resident"] for each in found), 1),
        }
        for name, found in samples.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=Path, help="where to put the figures")
    options = parser.parse_args()
    rows = measure(options.runs)
    print(table(rows))
    if options.json:
        write(options.json, "startup", {"steps": rows})


if __name__ == "__main__":
    main()
