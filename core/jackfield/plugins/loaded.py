"""Finds plugins, keeps each one's faults to itself, and says what became of every one of them.

A plugin is what an entry point of the group "jackfield" names. They are loaded one by one: whatever one of
them does wrong is written down (`report`), with what to do about it, and the others are used.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from jackfield.calls import CallPolicy
from jackfield.config.later import Misfit, refused
from jackfield.config.models import Config
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings
from jackfield.notices import Notice, SessionEnded
from jackfield.plugins.audience import Audience
from jackfield.plugins.bounded import LOAD_WITHIN
from jackfield.plugins.hooks import CALL_HOOKS, SESSION_HOOKS, CallHooks, Failures, Hook
from jackfield.plugins.installed import built_in, installed
from jackfield.plugins.loading import ALLOW_LIST, Loading, Terms
from jackfield.plugins.offering import MakeCredential, MakeProvider, Speak
from jackfield.plugins.report import PluginRecord, PluginReport
from jackfield.tools.instances import Instances
from jackfield.tools.tool import ToolSource

if TYPE_CHECKING:
    import click

log = logging.getLogger(__name__)


class Plugins:
    """The plugins of this environment, loaded. Make one with `load`.

    `when_tools_change` is called, from any thread, when a plugin says that the tools of a source of its own
    have come or gone; set it to whatever has to know.
    """

    def __init__(self) -> None:
        self.failures = Failures()
        self.when_tools_change: Callable[[], None] = _nobody_asked
        self._records: list[PluginRecord] = []
        self._former: list[PluginRecord] = []
        self._audience = Audience((), (), self.failures)

    @classmethod
    def load(
        cls,
        settings: Mapping[str, Settings],
        *,
        allow: Collection[str] | None = None,
        extra: Iterable[object] = (),
        off: Collection[str] = (),
        servers: Collection[str] = (),
        seconds: float = LOAD_WITHIN,
        kept: Sequence[PluginRecord] = (),
    ) -> Self:
        """Load `extra` (our own, always) and then every installed plugin, in the order of their names.

        `settings` are the sections of agents.yaml by plugin name. `allow` names the only installed plugins
        to load; None leaves that to the environment (`JACKFIELD_PLUGINS`), which allows all if unset. Those
        in `off` are not loaded. `servers` are the names of MCP servers, which no source of a plugin can
        have. Importing a plugin, and each hook, may take `seconds`. What is `kept` is not loaded again. Never
        raises for what a plugin does.
        """
        if allow is None:
            allow = allowed(os.environ)
        plugins = cls()
        candidates = [*map(built_in, extra), *installed()]
        terms = Terms(settings, plugins._tools_changed, allow, off, servers, seconds)
        places = {(candidate.name, candidate.distribution): at for at, candidate in enumerate(candidates)}
        loading = Loading(terms, [candidate.name for candidate in candidates], _there(kept, places))
        for candidate in candidates:
            if not loading.has(candidate):
                loading.load(candidate)
        loading.miss({*settings, *off, *(allow or ())})
        plugins._records = sorted(loading.records, key=lambda each: places.get(each.key, len(places)))
        plugins._audience = Audience(*loading.observers(), plugins.failures)
        for report in plugins.report():
            if report.state.at_fault:
                log.warning("plugin %s is %s: %s", report.name, report.state.value, report.reason)
        return plugins

    @classmethod
    def of(
        cls,
        config: Config,
        extra: Iterable[object] = (),
        installed: Collection[str] | None = None,
        kept: Sequence[PluginRecord] = (),
    ) -> Self:
        """Load them as agents.yaml has it, and the environment; `installed`, if given, takes the place of
        that."""
        named = allowed(os.environ) if installed is None else frozenset(installed)
        listed = None if config.allow_plugins is None else frozenset(config.allow_plugins)
        both = [names for names in (named, listed) if names is not None]
        return cls.load(
            config.plugin_settings,
            allow=frozenset.intersection(*both) if both else None,
            extra=extra,
            off=config.plugins_off,
            servers=config.mcp_servers,
            kept=kept,
        )

    def but(self, names: Collection[str]) -> list[PluginRecord]:
        """All but these, as they are: what others may keep."""
        return [record for record in self._records if record.name not in names]

    def worse_than(self, former: Plugins) -> list[PluginReport]:
        """Those that are at fault, and were not."""
        fine = {each.name for each in former.report() if not each.state.at_fault}
        return [each for each in self.report() if each.state.at_fault and each.name in fine]

    def adopt(self, others: Plugins) -> None:
        """Be what the others are; whoever asks this object gets what those have."""
        others.when_tools_change = self._tools_changed
        kept = {id(record) for record in others._records}
        # Calls may still run in their toolsets, which are closed with the rest.
        self._former += [record for record in self._records if id(record) not in kept]
        self._records = others._records
        self._audience.become(others._audience)

    def refusal(self, config: Config) -> ConfigurationError | None:
        """What is wrong with the settings of plugins in agents.yaml, at its places; None for nothing."""
        return refused(config, self.misfits) if self.misfits else None

    def tool_sources(self) -> list[ToolSource]:
        """One source for each plugin that registered functions, and the sources that plugins registered."""
        return [source for record in self._records for source in record.goods.tool_sources]

    def provider_kinds(self) -> dict[str, MakeProvider]:
        """How to make a provider, by its kind."""
        return {kind: make for record in self._records for kind, make in record.goods.kinds.items()}

    def voices(self) -> dict[str, Speak]:
        """Voices for the caller's side, by name: a sentence in, s16le mono at 24 kHz out."""
        return {name: speak for record in self._records for name, speak in record.goods.voices.items()}

    def credentials(self) -> dict[str, MakeCredential]:
        """How to make a credential, by the word after `credential:`."""
        return {kind: make for record in self._records for kind, make in record.goods.credentials.items()}

    def commands(self) -> dict[str, click.Command]:
        """Further commands of `jackfield`, by name."""
        return {name: each for record in self._records for name, each in record.goods.commands.items()}

    @property
    def policies(self) -> Mapping[str, CallPolicy]:
        """What the authors of tools asked for, by qualified tool name."""
        return {name: policy for record in self._records for name, policy in record.goods.policies.items()}

    @property
    def models(self) -> Mapping[str, type[BaseModel]]:
        """The models of settings, by plugin name."""
        return {record.name: record.model for record in self._records if record.model is not None}

    @property
    def misfits(self) -> Sequence[Misfit]:
        """The sections of agents.yaml that the plugins' models do not take."""
        found = [record.misfit for record in self._records if record.misfit is not None]
        return [misfit for misfit in found if misfit.given]

    def report(self) -> list[PluginReport]:
        """What became of each plugin, in the order in which they were looked at."""
        return [record.report() for record in self._records]

    def notify(self, notice: Notice, session_id: str) -> None:
        """Tell every plugin that listens; waits for none of them. Ours are told at once."""
        self._audience.tell(notice, session_id)
        if isinstance(notice, SessionEnded):
            for toolset in self._toolsets():
                toolset.end(session_id)

    def close(self) -> None:
        """Wait a moment until every plugin that listens has heard all notices, and every toolset is closed.
        They hear no more."""
        for toolset in self._toolsets():
            toolset.close()
        self._audience.close()

    def call_hooks(self) -> CallHooks:
        """Whom to ask before, around and after a function call."""
        return CallHooks.of(self._hooks(*CALL_HOOKS), self.failures)

    def session_hooks(self) -> list[Hook]:
        """Whom to ask for instructions, and to tell of sessions that begin and end."""
        return self._hooks(*SESSION_HOOKS)

    def _toolsets(self) -> list[Instances]:
        sources = [record.goods.functions for record in [*self._records, *self._former]]
        return [toolset for source in sources if source is not None for toolset in source.toolsets]

    def _hooks(self, *names: str) -> list[Hook]:
        return [hook for record in self._records for hook in record.listeners if hook.name in names]

    def _tools_changed(self) -> None:
        self.when_tools_change()


def allowed(environ: Mapping[str, str]) -> frozenset[str] | None:
    """The names in `JACKFIELD_PLUGINS`, or None where it is not set."""
    names = environ.get(ALLOW_LIST)
    return None if names is None else frozenset(filter(None, map(str.strip, names.split(","))))


def _there(records: Sequence[PluginRecord], places: Mapping[tuple[str, str], int]) -> list[PluginRecord]:
    """Those that are still installed."""
    return [record for record in records if record.key in places]


def _nobody_asked() -> None:
    """Before anybody set `when_tools_change`."""
