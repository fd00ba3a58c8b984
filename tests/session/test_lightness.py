"""What is loaded by those who do not use it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unused"),
    [
        ("jackfield", {"pydantic", "numpy", "websockets", "httpx"}),
        ("jackfield.runtime", {"numpy", "aiortc", "av", "mcp", "fastmcp", "starlette"}),
    ],
)
def test_importing_it_loads_nothing_that_is_used_by_few(module: str, unused: set[str]) -> None:
    program = f"import sys, {module}; found = {unused!r} & sys.modules.keys(); assert not found, found"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
