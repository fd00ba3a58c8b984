"""Finds plugins, keeps each one's faults to itself, and says what became of every one of them.

A plugin is what an entry point of the group "jackfield" names. They are loaded one by one: whatever one of
them does wrong is written down (`report`), with what to do about it, and the others are used.
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Collection, Iterable, Mapping
from time import perf_counter
from typing import Self

import pluggy

from jackfield import hookspecs
from jackfield.calls import CallPolicy
from jackfield.errors import PluginError
from jackfield.hookspecs import GROUP, Settings
from jackfield.notices import Notice
from jackfield.plugins.hooks import CALL_HOOKS, CallHooks, Failures, Hook
from jackfield.plugins.installed import Candidate, built_in, installed
from jackfield.plugins.offering import REGISTERING, MakeProvider, Offering, Speak
from jackfield.plugins.report import Fault, PluginRecord, PluginReport, PluginState
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import ToolSource

log = logging.getLogger(__name__)

ALLOW_LIST = "JACKFIELD_PLUGINS"
"""Environment: the only installed plugins to load, by name, with commas between; empty for none."""


class Plugins:
    """The plugins of this environment, loaded. Make one with `load`."""

    def __init__(self, settings: Mapping[str, Settings]) -> None:
        self._settings = settings
        self._manager = pluggy.PluginManager(GROUP)
        self._manager.add_hookspecs(hookspecs)
        self._records: list[PluginRecord] = []
        self._kinds: dict[str, MakeProvider] = {}
        self._voices: dict[str, Speak] = {}
        self._observers: list[Hook] = []
        self._call_hooks: list[Hook] = []
        self.failures = Failures()

    @classmethod
    def load(
        cls,
        settings: Mapping[str, Settings],
        *,
        allow: Collection[str] | None = None,
        extra: Iterable[object] = (),
    ) -> Self:
        """Load `extra` (our own, always) and then every installed plugin, in the order of their names.

        `settings` are the sections of agents.yaml by plugin name. `allow` names the only installed plugins
        to load; None leaves that to the environment (`JACKFIELD_PLUGINS`), which allows all if unset.
        Never raises for what a plugin does.
        """
        if allow is None:
            allow = allowed(os.environ)
        plugins = cls(settings)
        for candidate in [*map(built_in, extra), *installed()]:
            plugins._add(candidate, allow)
        plugins._miss({*settings, *(allow or ())})
        for report in plugins.report():
            if report.state in (PluginState.BROKEN, PluginState.PARTIAL):
                log.warning("plugin %s is %s: %s", report.name, report.state.value, report.reason)
        return plugins

    def tool_sources(self) -> list[ToolSource]:
        """One source for each plugin that registered functions."""
        return [record.source for record in self._records if record.source is not None]

    def provider_kinds(self) -> dict[str, MakeProvider]:
        """How to make a provider, by its kind."""
        return dict(self._kinds)

    def voices(self) -> dict[str, Speak]:
        """Voices for the caller's side, by name: a sentence in, s16le mono at 24 kHz out."""
        return dict(self._voices)

    @property
    def policies(self) -> Mapping[str, CallPolicy]:
        """What the authors of tools asked for, by qualified tool name."""
        return {
            name: policy
            for record in self._records
            if record.source is not None
            for name, policy in record.source.policies.items()
        }

    def report(self) -> list[PluginReport]:
        """What became of each plugin, in the order in which they were looked at."""
        return [record.report() for record in self._records]

    def notify(self, notice: Notice, session_id: str) -> None:
        """Tell every plugin that listens. What one of them raises is logged, and harms nobody."""
        offered = {"notice": notice, "session_id": session_id}
        for observer in self._observers:
            try:
                observer(offered)
            except Exception as error:
                self.failures.count(observer, "failed", error)

    def call_hooks(self) -> CallHooks:
        """Whom to ask before, around and after a function call."""
        return CallHooks.of(self._call_hooks, self.failures)

    # --- loading one --------------------------------------------------------------------------------------

    def _add(self, candidate: Candidate, allow: Collection[str] | None) -> None:
        record = PluginRecord(candidate.name, candidate.distribution, candidate.version)
        self._records.append(record)
        if allow is not None and not candidate.built_in and candidate.name not in allow:
            record.state = PluginState.SKIPPED
            record.faults.append(Fault(f"{ALLOW_LIST} does not name it", f"add {candidate.name} to it"))
            return
        began = perf_counter()
        try:
            plugin = self._register(candidate)
        except (Exception, SystemExit) as error:
            record.state = PluginState.BROKEN
            record.faults.append(candidate.fault(error))
        else:
            self._use(plugin, record)
        record.seconds = perf_counter() - began

    def _register(self, candidate: Candidate) -> object:
        """Import it and hand it to pluggy, which refuses hooks with arguments that are not offered."""
        plugin = candidate.load()
        if inspect.isclass(plugin):
            raise PluginError(f"{candidate.name} names a class; name a module, or an object of that class")
        if self._manager.has_plugin(candidate.name):
            raise PluginError(f"another plugin is called {candidate.name} already; uninstall one of the two")
        self._manager.register(plugin, name=candidate.name)
        return plugin

    def _use(self, plugin: object, record: PluginRecord) -> None:
        """Call its registering hooks, each by itself, and remember who listens."""
        for caller in self._manager.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin:
                    self._use_hook(caller, implementation, record)
        record.settle()

    def _use_hook(
        self, caller: pluggy.HookCaller, implementation: pluggy.HookImpl, record: PluginRecord
    ) -> None:
        if caller.spec is None:
            if not implementation.optionalhook:
                record.faults.append(_unknown_hook(caller.name))
            return
        record.hooks.append(caller.name)
        hook = Hook.of(record.name, caller.name, implementation)
        if fault := _misfit(hook, implementation):
            record.faults.append(fault)
        elif hook.name in REGISTERING:
            self._let_register(hook, record)
        else:
            listeners = self._call_hooks if hook.name in CALL_HOOKS else self._observers
            listeners.append(hook)
            record.useful = True

    def _let_register(self, hook: Hook, record: PluginRecord) -> None:
        """All that a hook registers is used, or, if it raises half-way, none of it."""
        offering = Offering(record.name, self._kinds, self._voices)
        offered = {
            "register": offering.registers[hook.name],
            "settings": self._settings.get(record.name, {}),
        }
        try:
            hook(offered)
        except (Exception, SystemExit) as error:
            record.faults.append(record.fault_in(hook.name, error))
            return
        record.useful = True
        self._kinds.update(offering.kinds)
        self._voices.update(offering.voices)
        if hook.name == "register_tools":
            record.source = offering.source

    # --- what is said about them --------------------------------------------------------------------------

    def _miss(self, names: Iterable[str]) -> None:
        """Names that agents.yaml or the environment speak of, and that nothing installed has."""
        known = [record.name for record in self._records]
        for name in sorted(set(names) - set(known)):
            reason = f"it has settings or is allowed, but nothing installed is called {name}"
            fault = Fault(reason + did_you_mean(name, known), f"install the package that offers {name}")
            self._records.append(PluginRecord(name, "", "", state=PluginState.MISSING, faults=[fault]))


def allowed(environ: Mapping[str, str]) -> frozenset[str] | None:
    """The names in `JACKFIELD_PLUGINS`, or None where it is not set."""
    names = environ.get(ALLOW_LIST)
    return None if names is None else frozenset(filter(None, map(str.strip, names.split(","))))


def _misfit(hook: Hook, implementation: pluggy.HookImpl) -> Fault | None:
    """Pluggy's wrappers are synchronous, and a hook that is called while nobody can wait cannot be async."""
    wrapper = implementation.wrapper or implementation.hookwrapper
    if wrapper or (inspect.iscoroutinefunction(hook.function) and hook.name not in CALL_HOOKS):
        return Fault(f"its {hook.name} is async or a wrapper", "make it a plain function")
    return None


def _unknown_hook(name: str) -> Fault:
    hooks = [each for each, value in vars(hookspecs).items() if _is_hook(value)]
    return Fault(f"there is no hook {name}{did_you_mean(name, hooks)}", f"the hooks are {', '.join(hooks)}")


def _is_hook(value: object) -> bool:
    return inspect.isfunction(value) and hasattr(value, f"{GROUP}_spec")
