"""Tools that do what no tool should, for `hostile.py`: a plugin, so that worker processes have it as well."""

from __future__ import annotations

import os
import time

from jackfield.hookspecs import RegisterTool, hookimpl


@hookimpl
def register_tools(register: RegisterTool) -> None:
    for tool in (quick, sleep, burn, allocate, crash, flood):
        register(tool)


async def quick() -> str:
    """Answer at once: the tool that everybody else waits for."""
    return "here"


async def sleep(number: int) -> str:
    """Sleep for a second as no coroutine should."""
    time.sleep(1)  # noqa: ASYNC251 - that is the point
    return "slept"


def burn(number: int) -> str:
    """Use a processor for a second and never let go of the interpreter willingly."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        sum(range(1000))
    return "burnt"


def allocate(number: int) -> str:
    """Take 500 MB, use them, and give them back after half a second."""
    taken = bytearray(500_000_000)
    for page in range(0, len(taken), 4096):
        taken[page] = 1
    time.sleep(0.5)
    return f"had {len(taken)} bytes"


def crash(number: int) -> str:
    """End the process without a word, as a fault in a C library does."""
    os.abort()


def flood(number: int) -> list[str]:
    """Return 50 MB."""
    return ["fifty bytes of a result that nobody will ever read"] * 1_000_000
