"""What goes away, says so first: in which version, and what to write instead.

    warn("register_voices", since="0.4", removed_in="0.6", instead="register_sounds")

The promise is in docs/explanation/compatibility.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class JackfieldDeprecationWarning(FutureWarning):
    """Shown by default, once for each place: Python hides a `DeprecationWarning` from whoever runs a plugin,
    and its author may never see one. `notice` is what it is about."""

    def __init__(self, notice: Deprecation) -> None:
        super().__init__(str(notice))
        self.notice = notice


@dataclass(frozen=True, slots=True)
class Deprecation:
    """`name` as its users write it; `since` and `removed_in` are versions of Jackfield; `instead` is what to
    write in its place."""

    name: str
    since: str
    removed_in: str
    instead: str

    def __str__(self) -> str:
        return (
            f"{self.name} is deprecated since Jackfield {self.since} and goes away in {self.removed_in}; "
            f"use {self.instead}"
        )


def warn(name: str, *, since: str, removed_in: str, instead: str, above: int = 1) -> None:
    """Tell whoever called the function that calls this; `above` counts further callers up."""
    notice = Deprecation(name, since, removed_in, instead)
    warnings.warn(JackfieldDeprecationWarning(notice), stacklevel=2 + above)


def deprecated(*, since: str, removed_in: str, instead: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a function, which goes on working."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*positional: P.args, **named: P.kwargs) -> R:
            name = f"{function.__module__}.{function.__qualname__}"
            warn(name, since=since, removed_in=removed_in, instead=instead)
            return function(*positional, **named)

        return call

    return mark


def moved(module: str, names: Mapping[str, tuple[Deprecation, object]]) -> Callable[[str], object]:
    """A module's `__getattr__`, for names that are to be found elsewhere now."""

    def find(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        notice, value = names[name]
        warnings.warn(JackfieldDeprecationWarning(notice), stacklevel=2)
        return value

    return find
