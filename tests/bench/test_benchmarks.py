"""The benchmarks run, with tiny parameters. What they measure is nobody's pass or failure."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BENCH = Path(__file__).parent.parent.parent / "bench"


def figures(script: str, arguments: Sequence[str], folder: Path) -> dict[str, list[dict[str, object]]]:
    """What a benchmark wrote. It prints its table as well."""
    file = folder / "figures.json"
    command = [sys.executable, str(BENCH / script), *arguments, "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    assert "| --" in done.stdout
    written: dict[str, list[dict[str, object]]] = json.loads(file.read_text())
    return written


def test_the_dispatch_of_one_and_of_parallel_calls_is_measured_beside_clients_by_hand(tmp_path: Path) -> None:
    arguments = ["--sessions", "1,3", "--calls", "1,4", "--seconds", "0.1"]
    latencies = figures("dispatch.py", arguments, tmp_path)["latencies"]
    assert [(row["sessions"], row["calls"], row["way"]) for row in latencies] == [
        (sessions, calls, way)
        for sessions in (1, 3)
        for calls in (1, 4)
        for way in ("inward", "outward", "through")
    ]
    assert all(float(str(row[f"/ {side}"])) > 0 for row in latencies for side in ("threaded", "bare"))


def test_the_start_is_measured_step_by_step(tmp_path: Path) -> None:
    steps = figures("startup.py", ["--runs", "1"], tmp_path)["steps"]
    assert steps[0]["step"] == "python -c pass"
    assert all(float(str(row["resident MB"])) > 0 for row in steps)


def test_a_call_under_hostile_tools_is_measured_beside_one_without(tmp_path: Path) -> None:
    arguments = ["--tools", "burn", "--isolation", "thread", "--seconds", "2"]
    written = figures("hostile.py", arguments, tmp_path)
    assert [row["tool"] for row in written["runs"]] == ["idle", "burn", "idle"]
    assert all(int(str(row["rounds"])) > 0 for row in written["runs"])
    assert int(str(written["runs"][1]["hostile calls"])) > 0
    assert [row["tool"] for row in written["compared"]] == ["burn"]


def test_what_mcp_servers_cost_the_conversation_is_measured_beside_a_bare_client(tmp_path: Path) -> None:
    written = figures("mcp.py", ["--rounds", "1", "--sessions", "1"], tmp_path)
    assert [(row["while"], row["by"]) for row in written["lag"]] == [
        ("nothing", "-"),
        ("1 MiB result", "bare client"),
        ("1 MiB result", "jackfield"),
        ("404 tools listed", "bare client"),
        ("404 tools listed", "jackfield"),
    ]
    assert all(float(str(row["median"])) > 0 for row in written["first words"])


def test_a_call_over_a_change_of_line_loses_nothing(tmp_path: Path) -> None:
    arguments = ["--changes", "1", "--limit", "8s", "--most-gap", "60000"]
    [row] = figures("rollover.py", arguments, tmp_path)["changes"]
    assert row["change"] == 1
