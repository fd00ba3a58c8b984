"""The hooks around function calls that plugins implement, in the order in which they are asked."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from pluggy import HookImpl

from jackfield.hookspecs import PATIENCE

log = logging.getLogger(__name__)

CALL_HOOKS = ("before_call", "around_call", "call_finished")
"""The hooks around a function call."""

SESSION_HOOKS = ("instructions", "session_started", "session_ended")
"""The hooks about a session as a whole."""

MAY_BE_ASYNC = (*CALL_HOOKS, *SESSION_HOOKS)
"""These have a bounded time while sessions live."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One plugin's implementation of one hook. `wanted` are the arguments it asks for, of those offered."""

    plugin: str
    name: str
    function: Callable[..., object]
    wanted: tuple[str, ...]
    owner: object = None
    rank: int = 0

    @classmethod
    def of(cls, plugin: str, name: str, implementation: HookImpl) -> Self:
        rank = int(implementation.trylast) - int(implementation.tryfirst)
        wanted = tuple(implementation.argnames)
        return cls(plugin, name, implementation.function, wanted, implementation.plugin, rank)

    def __call__(self, offered: Mapping[str, object]) -> object:
        """Whatever it returns, and whatever it raises."""
        return self.function(*(offered[each] for each in self.wanted))

    @property
    def title(self) -> str:
        return f"{self.plugin}.{self.name}"

    @property
    def idle(self) -> bool:
        """Whether it need not be called."""
        return getattr(self.owner, "idle", False) is True

    @property
    def critical(self) -> bool:
        """Whether a call is denied where this hook fails. Asked anew each time: settings may decide it."""
        return getattr(self.owner, "critical", False) is True

    @property
    def patience(self) -> float:
        """Seconds it may take."""
        said: object = getattr(self.owner, "patience", PATIENCE)
        sound = isinstance(said, int | float) and not isinstance(said, bool) and said > 0
        return float(said) if sound and isinstance(said, int | float) else PATIENCE


class Failures:
    """How often each hook failed. Calls are many: the first failure is logged, then every tenth power."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, hook: Hook, reason: str, error: BaseException | None = None) -> None:
        """`reason` is a clause: what the hook did."""
        self._counts[hook.title] += 1
        number = self._counts[hook.title]
        if str(number).strip("0") == "1":
            log.error(
                "plugin %s: its %s hook %s (%d times)", hook.plugin, hook.name, reason, number, exc_info=error
            )

    def __getitem__(self, title: str) -> int:
        """The failures of one hook, `plugin.hook`."""
        return self._counts[title]


@dataclass(frozen=True, slots=True)
class CallHooks:
    """Whom to ask before, around and after a function call. False where nobody wants to be asked."""

    before_call: tuple[Hook, ...] = ()
    around_call: tuple[Hook, ...] = ()
    call_finished: tuple[Hook, ...] = ()
    failures: Failures = field(default_factory=Failures)

    @classmethod
    def of(cls, hooks: Iterable[Hook], failures: Failures) -> Self:
        """Those that are not idle, in the order given but for those that asked to be first or last."""
        ranked = sorted((each for each in hooks if not each.idle), key=lambda each: each.rank)
        before, around, after = (tuple(each for each in ranked if each.name == name) for name in CALL_HOOKS)
        return cls(before, around, after, failures)

    def __bool__(self) -> bool:
        return bool(self.before_call or self.around_call or self.call_finished)
