"""A plugin whose tools do what the policies are for. Its doors are opened by tests, in the same process."""

import asyncio
import os
import threading
from collections import Counter, defaultdict

import jackfield
from jackfield.hookspecs import RegisterTool

PATIENCE = 60.0
doors: defaultdict[str, threading.Event] = defaultdict(threading.Event)
entries: Counter[str] = Counter()


def _wait(door: str) -> str:
    entries[door] += 1
    doors[door].wait(PATIENCE)
    return f"The {door} is done."


async def sleepy() -> str:
    """Never ends."""
    return await asyncio.Future()


def slow() -> str:
    """Takes its time."""
    return _wait("slow")


def note() -> str:
    """Takes something down."""
    return "noted"


async def fragile() -> str:
    """Stops when the caller speaks."""
    return await asyncio.Future()


def sturdy() -> str:
    """Goes on when the caller speaks."""
    return _wait("sturdy")


def single(number: int) -> str:
    """Runs alone."""
    return _wait(f"single {number}")


def shaky() -> str:
    """Fails the first time."""
    entries["shaky"] += 1
    if entries["shaky"] == 1:
        raise ConnectionError("not now")
    return "The shaky one is done."


def twin() -> str:
    """May be asked twice at once."""
    return _wait("twin")


def endless() -> list[str]:
    """Has more to say than fits."""
    return [f"line {number} of many" for number in range(2_000)]


def crash() -> str:
    """Takes its process along."""
    os._exit(3)


def count() -> str:
    """Goes on in the background."""
    return _wait("count")


def broken() -> str:
    """Breaks."""
    raise RuntimeError("the password is hunter2")


def quick() -> str:
    """Answers at once."""
    return "The quick one is done."


@jackfield.hookimpl
def register_tools(register: RegisterTool) -> None:
    for tool in (sleepy, slow, note, fragile, sturdy, single, twin, endless, crash, count, broken, quick):
        register(tool)
    register(shaky, idempotent=True)
