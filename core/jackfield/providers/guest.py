"""For whom a service is asked, while one request of theirs is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Guest:
    """`name` is whatever tells this caller from others, "" where nothing does; it leaves this process as a
    hash only. `trusted` callers may see what the model is told: a page on this very machine, a program."""

    name: str = field(default="", repr=False)
    trusted: bool = True


_GUEST: ContextVar[Guest] = ContextVar("jackfield_guest", default=Guest())  # noqa: B039 - it is frozen


def guest() -> Guest:
    """Who is served here: tasks that are begun for a guest serve that guest."""
    return _GUEST.get()


@contextmanager
def serving(whom: Guest) -> Iterator[None]:
    """Whatever is asked of a service in this block is asked for this guest."""
    token = _GUEST.set(whom)
    try:
        yield
    finally:
        _GUEST.reset(token)


def safety_hash(identifier: str, name: str) -> str:
    """What a service is told about who uses it (§1.2): 64 hex digits, the same for the same user; "" where
    nobody is known."""
    return sha256(f"{identifier}\n{name}".encode()).hexdigest() if identifier or name else ""
