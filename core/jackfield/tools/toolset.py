"""A class whose public methods are tools, and whose instances are opened and closed for its author.

class Desk(Toolset):
    shared = "session"

    async def open(self): self.connection = await connect(self.settings.address)
    async def close(self): await self.connection.close()

    @claims(read_only=True)
    async def find(self, number: int) -> str:
        \"\"\"Find a ticket by its number.\"\"\"

register(Desk)      # in `register_tools`
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar

from jackfield.calls import CallPolicy

F = TypeVar("F", bound=Callable[..., object])

_CLAIMS = "__jackfield_claims__"


class Toolset:
    """One instance serves one session (`shared = "session"`) or all of them (`"process"`). It is made, with
    the plugin's settings, and opened when one of its tools is called for the first time, and closed when the
    session ends, or the runtime.

    `open` and `close` may be async; then every tool must be, and all run on one event loop. Plain ones run
    in a thread. Opening may take `open_within` seconds and closing `close_within`: what fails there is logged
    by name, and a call that needs what could not be opened is told so; the next one tries again. Tools of one
    instance may run at the same time.

    With `isolation: process`, a tool of a toolset that is shared by the process has an instance in each
    worker process, which ends without closing it; one that is kept per session stays in this process.
    """

    shared: ClassVar[Literal["session", "process"]] = "session"
    open_within: ClassVar[float] = 10.0
    close_within: ClassVar[float] = 5.0

    def __init__(self, settings: object) -> None:
        self.settings = settings

    def open(self) -> Awaitable[None] | None:
        """Connect, load, log in."""
        return None

    def close(self) -> Awaitable[None] | None:
        """Called once for every instance that was opened, also if a call of it is still at work."""
        return None


@dataclass(frozen=True, slots=True)
class Claims:
    """What the author of a method says of it."""

    read_only: bool = False
    idempotent: bool = False
    policy: CallPolicy | None = None


def claims(
    *, read_only: bool = False, idempotent: bool = False, policy: CallPolicy | None = None
) -> Callable[[F], F]:
    """Marks a method, as `register` does a function."""

    def mark(method: F) -> F:
        setattr(method, _CLAIMS, Claims(read_only, idempotent, policy))
        return method

    return mark


def claims_of(method: object) -> Claims:
    found = getattr(method, _CLAIMS, None)
    return found if isinstance(found, Claims) else Claims()


def methods(kind: type[Toolset]) -> Iterator[str]:
    """The names of its tools, in the order in which they stand there."""
    seen: set[str] = set()
    for parent in reversed([each for each in kind.__mro__ if each not in (Toolset, object)]):
        for name, member in vars(parent).items():
            if name.startswith("_") or hasattr(Toolset, name) or name in seen:
                continue
            if inspect.isfunction(member):
                seen.add(name)
                yield name


def asynchronous(kind: type[Toolset]) -> bool:
    """Whether its instances belong to an event loop."""
    return any(inspect.iscoroutinefunction(getattr(kind, name)) for name in ("open", "close"))
