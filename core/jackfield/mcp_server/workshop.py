"""The plugins and the dispatcher of an agents.yaml, without a line: what a runtime has of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from jackfield.calls import CallPolicy, Json
from jackfield.config import Config, policy_for
from jackfield.dispatch.executors import ProcessExecutor, own_executors
from jackfield.dispatch.hooked import HookedDispatcher
from jackfield.dispatch.interpreter import steady
from jackfield.dispatch.shelf import READ_MORE, READ_MORE_POLICY
from jackfield.plugins import Plugins
from jackfield.reloading import bounds_of
from jackfield.telemetry import spans
from jackfield.tools.tool import Tool, ToolSource

NO_AGENT = ""


class Workshop:
    """`async with Workshop(config) as workshop`: its tools can be called.

    Raises `ConfigurationError` for settings that a plugin does not take. Leaving it ends what runs, in
    bounded time.
    """

    def __init__(self, config: Config) -> None:
        self.plugins = Plugins.of(config, [spans])
        if refusal := self.plugins.refusal(config):
            raise refusal
        self._config = config
        self._processes = ProcessExecutor(config.plugin_settings)
        self._stack = AsyncExitStack()
        self.dispatcher = HookedDispatcher(
            own_executors(processes=self._processes), self.plugins.call_hooks(), bounds_of(config)
        )

    async def __aenter__(self) -> Self:
        self._stack.enter_context(steady())
        self._stack.push_async_callback(asyncio.to_thread, self.plugins.close)
        self._stack.push_async_callback(self.dispatcher.aclose)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def sources(self) -> list[ToolSource]:
        """Where the tools come from; they come and go."""
        return self.plugins.tool_sources()

    def read_more(self) -> tuple[str, Tool]:
        """What reads on in a result that was cut, and its name."""
        return READ_MORE, self.dispatcher.shelves.tool

    def policy(self, tool: Tool) -> CallPolicy:
        """What the plugin asks for, and `defaults.calls` of agents.yaml: these calls are no agent's."""
        if tool is self.dispatcher.shelves.tool:
            return READ_MORE_POLICY
        return policy_for(self._config, NO_AGENT, tool.name, self.plugins.policies.get(tool.name))

    def settings(self, tool: Tool) -> Mapping[str, Json]:
        return self._config.plugin_settings.get(tool.home, {})
