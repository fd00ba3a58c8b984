"""A plugin that a test brings, under the name that it would have as an entry point."""

from __future__ import annotations

from types import ModuleType

from jackfield.hookspecs import GROUP


class Named(ModuleType):
    """The plugin itself in everything but its name. Its hooks are here as they are there, for pluggy does not
    look for them behind `__getattr__`."""

    def __init__(self, name: str, plugin: object) -> None:
        super().__init__(name)
        self._plugin = plugin
        for each in dir(plugin):
            if hasattr(hook := getattr(plugin, each, None), f"{GROUP}_impl"):
                setattr(self, each, hook)

    def __getattr__(self, name: str) -> object:
        return getattr(self._plugin, name)
