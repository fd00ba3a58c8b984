"""A plugin that a test brings, under the name that it would have as an entry point."""

from __future__ import annotations


class Named:
    """The plugin itself in everything but its name: pluggy reads its hooks as they are."""

    def __init__(self, name: str, plugin: object) -> None:
        self.__name__ = name
        self._plugin = plugin

    def __getattr__(self, name: str) -> object:
        return getattr(self._plugin, name)

    def __dir__(self) -> list[str]:
        return dir(self._plugin)
