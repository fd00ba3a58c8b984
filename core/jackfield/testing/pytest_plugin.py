"""The kit in pytest, by entry point: the fixture `line`, and asynchronous tests that ask for it are run.

Loaded in every run of pytest where Jackfield is installed, so it imports nothing that it can do without.
"""

from __future__ import annotations

import asyncio
import inspect
from importlib import import_module

import pytest

_OTHERS = ("anyio_backend", "_function_event_loop", "event_loop")
"""Fixtures that show that another plugin runs this test."""


@pytest.fixture(scope="session")
def line() -> object:
    """`jackfield.testing.line`: `async with line("receptionist") as caller: …`"""
    # The server starts while the kit is being imported: the first test waits for the longer of the two.
    import_module("jackfield.testing.service").service(audio=False)
    return import_module("jackfield.testing.lines").line


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test that uses the fixture `line`, where neither anyio nor pytest-asyncio does."""
    names = pyfuncitem.fixturenames
    if "line" not in names or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    if any(name in names for name in _OTHERS) or pyfuncitem.get_closest_marker("asyncio"):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    asyncio.run(pyfuncitem.obj(**wanted))
    return True
