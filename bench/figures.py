"""What all benchmarks share: medians and percentiles, the table, the file, and the machine they ran on."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

Row = Mapping[str, object]


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and worst, rounded to a hundredth."""
    worst = {"median": statistics.median(values), "p99": percentile(values, 0.99), "worst": max(values)}
    return {name: round(value, 2) for name, value in worst.items()}


def table(rows: Sequence[Row]) -> str:
    """Rows with the same keys as a Markdown table, numbers to the right."""
    if not rows:
        return "(nothing was measured)"
    names = list(rows[0])
    cells = [names, *([_shown(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    numeric = [isinstance(rows[0].get(name), int | float) for name in names]

    def line(entries: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(entries, widths, numeric, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = [
        ("-" * (width - 1) + ":") if right else "-" * width
        for width, right in zip(widths, numeric, strict=True)
    ]
    return "\n".join([line(names), line(rule), *map(line, cells[1:])])


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)


def machine() -> dict[str, object]:
    """Where the figures come from: without this they mean nothing."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def write(path: Path, name: str, figures: Mapping[str, object]) -> None:
    path.write_text(json.dumps({"benchmark": name, "machine": machine(), **figures}, indent=2) + "\n")


def resident_bytes() -> int:
    """Memory of this process; where the system does not tell, the most it ever had."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()
