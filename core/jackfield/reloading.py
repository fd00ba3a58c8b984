"""Another agents.yaml, and other code of plugins, while calls go on.

    what is different → plugins anew → providers opened → all of it in use, at once

What cannot be used is found out before anything is in use: then everything stays as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from jackfield.config import Config
from jackfield.config.changes import Changes
from jackfield.dispatch.executors import ProcessExecutor
from jackfield.dispatch.hooked import HookedDispatcher
from jackfield.dispatch.turns import Bounds
from jackfield.errors import PluginError
from jackfield.mcp.hub import Hub
from jackfield.plugins import Plugins
from jackfield.plugins.code import Code, imported_anew, worked_on
from jackfield.plugins.report import PluginRecord
from jackfield.providers.roster import Roster, opened
from jackfield.session import Switchboard

Load = Callable[[Config, Sequence[PluginRecord]], Plugins]
"""Loads the plugins of an agents.yaml but for those that are kept."""


@dataclass(frozen=True, slots=True)
class Reloading:
    """What a change reaches. Sessions find what is new on the switchboard, and are to be told to look."""

    load: Load
    plugins: Plugins
    providers: Roster
    hub: Hub
    dispatcher: HookedDispatcher
    processes: ProcessExecutor
    switchboard: Switchboard
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reload(
        self, config: Config, code: Collection[str], used: Callable[[], Collection[asyncio.Task[None]]]
    ) -> Changes:
        """Take over `config`, and import the code of the plugins `code` anew. `used` are the sessions that
        live. Raises as `Runtime.reload` does."""
        async with self._one_at_a_time:
            changes = Changes.between(self.switchboard.config, config)
            pieces = [piece for name, piece in worked_on().items() if name in code]
            again = changes.plugins | {piece.plugin for piece in pieces} | self._listed_otherwise(config)
            with imported_anew({module for piece in pieces for module in piece.modules}):
                plugins = await asyncio.to_thread(self._load_again, config, again, pieces)
                missing = self.providers.missing(config, changes.providers)
                kinds, credentials = plugins.provider_kinds(), plugins.credentials()
                providers = await opened(config, missing, kinds, credentials)
            self.providers.adopt(providers, used)
            self._adopt(config, plugins, again)
            return changes

    def _listed_otherwise(self, config: Config) -> set[str]:
        """The plugins that `allow_plugins` lets in now and did not before, or the other way round."""
        known = {each.name for each in self.plugins.report()}
        before, after = (
            known if each.allow_plugins is None else known & {*each.allow_plugins}
            for each in (self.switchboard.config, config)
        )
        return before ^ after

    def _load_again(self, config: Config, names: Collection[str], pieces: Iterable[Code]) -> Plugins:
        for piece in pieces:
            piece.load()
        plugins = self.load(config, self.plugins.but(names))
        if worse := plugins.worse_than(self.plugins):
            raise PluginError("\n".join(f"plugin {each.name}: {each.reason}" for each in worse))
        return plugins

    def _adopt(self, config: Config, plugins: Plugins, again: Collection[str]) -> None:
        """All at once, as seen from the sessions' loop."""
        self.hub.change(config.mcp_servers)
        self.plugins.adopt(plugins)
        self.switchboard.take_over(config, self.plugins.policies)
        self.switchboard.attendants.become(self.plugins.session_hooks())
        self.dispatcher.ask(self.plugins.call_hooks())
        self.dispatcher.bound(bounds_of(config))
        if again:
            self.processes.renew(again, config.plugin_settings)


def bounds_of(config: Config) -> Bounds:
    """How much may run at once."""
    agents = {name: agent.concurrency for name, agent in config.agents.items()}
    return Bounds(process=config.concurrency, agents=agents)
