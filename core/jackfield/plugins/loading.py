"""Loads one plugin after the other, each by itself, and writes down what it has and what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter

import pluggy

from jackfield import hookspecs
from jackfield.config.kinds import AZURE_CREDENTIALS
from jackfield.config.later import Misfit
from jackfield.errors import PluginError
from jackfield.hookspecs import GROUP, HOOKS, Checked, Settings
from jackfield.plugins.bounded import LOAD_WITHIN, TookTooLong, within
from jackfield.plugins.hooks import MAY_BE_ASYNC, Hook
from jackfield.plugins.installed import Candidate
from jackfield.plugins.offering import REGISTERING, Offering
from jackfield.plugins.report import Fault, PluginRecord, PluginState
from jackfield.plugins.settings import check, model_of
from jackfield.tools.nearest import did_you_mean

ALLOW_LIST = "JACKFIELD_PLUGINS"
"""Environment: the only installed plugins to load, by name, with commas between; empty for none."""


TAKEN: Mapping[str, Collection[str]] = {
    "kind of credential": AZURE_CREDENTIALS,
    "command": (
        "new",
        "dev",
        "serve",
        "talk",
        "check",
        "agents",
        "tools",
        "plugins",
        "mcp",
        "doctor",
        "replay",
    ),
}
"""Names that are ours."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms plugins are loaded: their sections of agents.yaml, the only ones to load (None for all),
    the ones that are switched off, the names of MCP servers, and whom to tell when tools have changed."""

    settings: Mapping[str, Settings]
    changed: Callable[[], None]
    allow: Collection[str] | None = None
    off: Collection[str] = ()
    servers: Collection[str] = ()
    seconds: float = LOAD_WITHIN


@dataclass(slots=True)
class Loading:
    """`records` are the plugins so far, in the order in which they were looked at."""

    terms: Terms
    names: Collection[str]
    records: list[PluginRecord] = field(default_factory=list)
    _manager: pluggy.PluginManager = field(default_factory=lambda: pluggy.PluginManager(GROUP))

    def __post_init__(self) -> None:
        self._manager.add_hookspecs(hookspecs)

    def has(self, candidate: Candidate) -> bool:
        """Whether it is among those that were loaded before."""
        return any(record.key == (candidate.name, candidate.distribution) for record in self.records)

    def load(self, candidate: Candidate) -> None:
        """Never raises for what the plugin does."""
        record = PluginRecord(
            candidate.name, candidate.distribution, candidate.version, built_in=candidate.built_in
        )
        self.records.append(record)
        if self._passed_over(candidate, record):
            return
        if fault := candidate.misfit():
            record.stand_back(PluginState.BROKEN, fault.reason, fault.next_step)
            return
        began = perf_counter()
        try:
            plugin = self._register(candidate)
            settings = self._settings(plugin, record)
        except (Exception, SystemExit) as error:
            record.state = PluginState.BROKEN
            record.faults.append(candidate.fault(error))
        else:
            if not isinstance(settings, Misfit):
                self._use(plugin, settings, record)
        record.seconds = perf_counter() - began

    def miss(self, names: Iterable[str]) -> None:
        """Names that agents.yaml or the environment speak of, and that nothing installed has."""
        known = [record.name for record in self.records]
        for name in sorted(set(names) - set(known)):
            record = PluginRecord(name, "", "")
            reason = f"it has settings or is allowed, but nothing installed is called {name}"
            next_step = f"install the package that offers {name}"
            record.stand_back(PluginState.MISSING, reason + did_you_mean(name, known), next_step)
            self.records.append(record)

    def observers(self) -> tuple[list[Hook], list[Hook]]:
        """Who listens to notices: our own, and those of others."""
        listening = [(record, hook) for record in self.records for hook in record.listeners]
        ours, others = (
            [hook for record, hook in listening if hook.name == "notice" and record.built_in is ours]
            for ours in (True, False)
        )
        return ours, others

    def _passed_over(self, candidate: Candidate, record: PluginRecord) -> bool:
        allow, name = self.terms.allow, candidate.name
        if candidate.built_in:
            return False
        if name in self.terms.off:
            record.stand_back(
                PluginState.OFF, "agents.yaml switches it off", f"remove `{name}: off` from `plugins`"
            )
        elif allow is not None and name not in allow:
            words = "no list of allowed plugins names it", f"add {name} to `allow_plugins` or {ALLOW_LIST}"
            record.stand_back(PluginState.SKIPPED, *words)
        return bool(record.faults)

    def _register(self, candidate: Candidate) -> object:
        """Import it and hand it to pluggy, which refuses hooks with arguments that are not offered."""
        try:
            plugin = within(self.terms.seconds, candidate.load, candidate.name)
        except TookTooLong as error:
            raise PluginError(f"importing {candidate.value} {error}") from None
        if inspect.isclass(plugin):
            raise PluginError(f"{candidate.name} names a class; name a module, or an object of that class")
        if self._manager.has_plugin(candidate.name):
            raise PluginError(f"another plugin is called {candidate.name} already; uninstall one of the two")
        self._manager.register(plugin, name=candidate.name)
        return plugin

    def _settings(self, plugin: object, record: PluginRecord) -> Checked | Misfit:
        """A section that is wrong is its author's fault; one that is missing is nobody's."""
        record.model = model_of(plugin)
        settings = check(record.name, record.model, self.terms.settings.get(record.name))
        if isinstance(settings, Misfit):
            record.misfit = settings
            if settings.given:
                next_step = f"correct `plugins: {record.name}:` in agents.yaml"
                record.stand_back(PluginState.BROKEN, str(settings), next_step)
            else:
                next_step = f"write `plugins: {record.name}:` in agents.yaml"
                record.stand_back(PluginState.IDLE, f"it needs settings: {settings}", next_step)
        return settings

    def _use(self, plugin: object, settings: Checked, record: PluginRecord) -> None:
        """Call its registering hooks, each by itself, and remember who listens."""
        for caller in self._manager.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin:
                    self._use_hook(caller, implementation, settings, record)
        record.settle()

    def _use_hook(
        self,
        caller: pluggy.HookCaller,
        implementation: pluggy.HookImpl,
        settings: Checked,
        record: PluginRecord,
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
            self._let_register(hook, settings, record)
        else:
            record.listeners.append(hook)

    def _let_register(self, hook: Hook, settings: Checked, record: PluginRecord) -> None:
        """All that a hook registers is used, or, if it raises half-way, none of it."""
        offering = Offering(record.name, hook.name, self._taken, settings)
        offered = {
            "register": offering.register,
            "settings": settings,
            "changed": self.terms.changed,
        }
        try:
            within(self.terms.seconds, lambda: hook(offered), hook.title)
        except TookTooLong as error:
            record.faults.append(
                Fault(f"its {hook.name} {error}", f"ask the author of {record.distribution}")
            )
        except (Exception, SystemExit) as error:
            record.faults.append(record.fault_in(hook.name, error))
        else:
            record.goods.add(offering.goods)

    def _taken(self, plugin: str, what: str) -> Mapping[str, str]:
        """Names that others than `plugin` have, of one sort, with who has them."""
        owners: dict[str, str] = {}
        if what == "source":
            owners |= {name: f"the plugin {name}" for name in self.names if name != plugin}
            owners |= dict.fromkeys(self.terms.servers, "an MCP server")
        owners |= dict.fromkeys(TAKEN.get(what, ()), "Jackfield itself")
        for record in self.records:
            owners |= dict.fromkeys(record.goods.names(what), "another plugin")
        return owners


def _misfit(hook: Hook, implementation: pluggy.HookImpl) -> Fault | None:
    """Pluggy's wrappers are synchronous, and a hook that is called while nobody can wait cannot be async."""
    wrapper = implementation.wrapper or implementation.hookwrapper
    if wrapper or (inspect.iscoroutinefunction(hook.function) and hook.name not in MAY_BE_ASYNC):
        return Fault(f"its {hook.name} is async or a wrapper", "make it a plain function")
    return None


def _unknown_hook(name: str) -> Fault:
    hooks = [hook.__name__ for hook in HOOKS]
    return Fault(f"there is no hook {name}{did_you_mean(name, hooks)}", f"the hooks are {', '.join(hooks)}")
