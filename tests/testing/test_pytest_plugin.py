"""The kit in a pytest run of somebody else's: nothing to configure."""

import subprocess
import sys
from pathlib import Path

TEST = """
from jackfield.testing import returns

async def test_time(line):
    agents = {"agents": {"desk": {"tools": ["clock.now"]}}}
    async with line(agents=agents, tools={"clock.now": returns("Noon.")}) as caller:
        await caller.says("what time is it in Lima?")
        assert caller.heard("noon")
        assert caller.calls["clock.now"].arguments == {"city": "Lima"}

def test_that_has_nothing_to_do_with_it():
    import sys
    assert "jackfield.runtime" in sys.modules
"""


def test_an_asynchronous_test_with_the_fixture_runs_without_any_configuration(tmp_path: Path) -> None:
    (tmp_path / "test_plugin.py").write_text(TEST)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_whoever_does_not_use_the_kit_does_not_import_it() -> None:
    code = "import sys, jackfield.testing.pytest_plugin; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert "jackfield.runtime" not in done.stdout
    assert "jackfield.testing.lines" not in done.stdout
