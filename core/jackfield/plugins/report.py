"""What became of one plugin."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel

from jackfield.config.later import Misfit
from jackfield.errors import PluginError
from jackfield.plugins.hooks import Hook
from jackfield.plugins.offering import Goods
from jackfield.tools.invocation import first_line


class PluginState(StrEnum):
    """How much of a plugin is in use."""

    LOADED = "loaded"
    PARTIAL = "partial"  # some of it; the reason says what is not
    BROKEN = "broken"
    IDLE = "idle"  # it needs settings, and agents.yaml has no section for it
    SKIPPED = "skipped"  # not in the allow-list
    OFF = "off"  # switched off in agents.yaml
    MISSING = "missing"  # spoken of, and not installed

    @property
    def at_fault(self) -> bool:
        """Whether somebody has something to correct."""
        return self in (PluginState.BROKEN, PluginState.PARTIAL, PluginState.MISSING)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do about it."""

    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class PluginReport:
    """`hooks` and `tools` are what is in use; `reason` and `next_step` are empty where all is well. `seconds`
    is what importing and registering took."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    tools: tuple[str, ...]
    state: PluginState
    reason: str
    next_step: str
    seconds: float


@dataclass(slots=True)
class PluginRecord:
    """A plugin while it is being loaded, and what it has to give. `model` describes its settings,
    and `misfit` says what is wrong with them."""

    name: str
    distribution: str
    version: str
    state: PluginState = PluginState.LOADED
    hooks: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    goods: Goods = field(default_factory=Goods)
    listeners: list[Hook] = field(default_factory=list)
    model: type[BaseModel] | None = None
    misfit: Misfit | None = None
    built_in: bool = False
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What it is told from others by."""
        return self.name, self.distribution

    def settle(self) -> None:
        """Decide the state, once all hooks have been tried."""
        for source in self.goods.tool_sources:
            for name, reason in source.aside().items():
                self.faults.append(Fault(f"{name} is set aside: {reason}", "correct it in the plugin"))
        if self.faults:
            useful = self.listeners or self.goods.hooks
            self.state = PluginState.PARTIAL if useful else PluginState.BROKEN

    def stand_back(self, state: PluginState, reason: str, next_step: str) -> None:
        """It is not used, for this reason alone."""
        self.state = state
        self.faults.append(Fault(reason, next_step))

    def fault_in(self, hook: str, error: BaseException) -> Fault:
        """A hook raised: a `PluginError` speaks for itself, of anything else the kind is told too."""
        if isinstance(error, PluginError):
            return Fault(str(error), f"correct `plugins: {self.name}:` in agents.yaml, or the plugin")
        words = f"its {hook} raised {type(error).__name__}: {first_line(error)}"
        return Fault(words, f"report it to the author of {self.distribution or self.name}, or uninstall it")

    def report(self) -> PluginReport:
        return PluginReport(
            name=self.name,
            distribution=self.distribution,
            version=self.version,
            hooks=tuple(self.hooks),
            tools=tuple(tool.name for source in self.goods.tool_sources for tool in source.tools()),
            state=self.state,
            reason="; ".join(fault.reason for fault in self.faults),
            next_step="; ".join(dict.fromkeys(fault.next_step for fault in self.faults)),
            seconds=self.seconds,
        )
