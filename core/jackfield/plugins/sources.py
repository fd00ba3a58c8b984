"""Sources of tools that plugins bring, with what they raise kept from everybody else."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from jackfield.calls import CallPolicy
from jackfield.config.values import NAME_PATTERN
from jackfield.errors import PluginError
from jackfield.tools.tool import Tool, ToolSource

log = logging.getLogger(__name__)

_KEEPS = "plugin %s: its source %s cannot tell its %s, and keeps those it had"

T = TypeVar("T")


class GuardedSource:
    """A plugin's source, as a `ToolSource` that never raises: it has what it had when it could last say."""

    def __init__(self, plugin: str, source: ToolSource, policies: Mapping[str, CallPolicy]) -> None:
        """Raises `PluginError` for what is no source."""
        self.plugin = plugin
        self.policies = dict(policies)
        self._name = _name_of(source)
        self._source = source
        self._tools: Sequence[Tool] = ()
        self._aside: Mapping[str, str] = {}
        self._failing: set[str] = set()

    @property
    def name(self) -> str:
        return self._name

    def tools(self) -> Sequence[Tool]:
        self._tools = self._ask("tools", lambda: _tools_of(self._source, self.plugin), self._tools)
        return self._tools

    def aside(self) -> Mapping[str, str]:
        self._aside = self._ask("tools set aside", lambda: dict(self._source.aside()), self._aside)
        return self._aside

    def _ask(self, what: str, question: Callable[[], T], known: T) -> T:
        try:
            answer = question()
        except Exception as error:
            if what not in self._failing:
                log.error(_KEEPS, self.plugin, self._name, what, exc_info=error)
            self._failing.add(what)
            return known
        self._failing.discard(what)
        return answer


def _name_of(source: ToolSource) -> str:
    for method in ("tools", "aside"):
        if not callable(getattr(source, method, None)):
            raise PluginError(f"{source!r} is no source of tools: it has no method `{method}`")
    name = getattr(source, "name", None)
    if not isinstance(name, str) or not re.fullmatch(NAME_PATTERN, name):
        raise PluginError(
            f"{name!r} cannot name a source; take a letter and up to 39 more letters, digits, _ or -"
        )
    return name


def _tools_of(source: ToolSource, plugin: str) -> Sequence[Tool]:
    tools = list(source.tools())
    for tool in tools:
        if not isinstance(tool, Tool):
            raise TypeError(f"{tool!r} is no jackfield.Tool")
    return [tool if tool.home == plugin else replace(tool, plugin=plugin) for tool in tools]
