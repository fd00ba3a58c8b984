"""A source of tools that are Python functions: what a plugin's `register` is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from jackfield.calls import CallPolicy
from jackfield.errors import PluginError
from jackfield.tools.function import tool_from
from jackfield.tools.instances import Instances
from jackfield.tools.method import method_tool
from jackfield.tools.tool import Tool
from jackfield.tools.toolset import Toolset, claims_of, methods


class FunctionSource:
    """The functions of one plugin, as a `ToolSource`.

    A function that cannot be a tool is set aside with the reason, and does not keep the next from being
    registered. `policies` holds, by qualified name, what a function's author asked for.
    """

    def __init__(self, name: str, settings: object = None) -> None:
        """`settings` are for toolsets."""
        self._name = name
        self._settings = settings
        self.toolsets: list[Instances] = []
        self._tools: dict[str, Tool] = {}
        self._aside: dict[str, str] = {}
        self.policies: dict[str, CallPolicy] = {}

    @property
    def name(self) -> str:
        return self._name

    def tools(self) -> Sequence[Tool]:
        return list(self._tools.values())

    def aside(self) -> Mapping[str, str]:
        return dict(self._aside)

    def register(
        self,
        function: Callable[..., object],
        *,
        name: str | None = None,
        policy: CallPolicy | None = None,
        read_only: bool = False,
        idempotent: bool = False,
    ) -> None:
        """Offer one function, or a subclass of `Toolset`. Never raises for a bad one; see `aside`."""
        if isinstance(function, type) and issubclass(function, Toolset):
            self._register_methods(function)
            return
        label = name or str(getattr(function, "__name__", type(function).__name__))
        self._add(
            label,
            policy,
            lambda: tool_from(
                function, source=self._name, name=name, read_only=read_only, idempotent=idempotent
            ),
        )

    def _register_methods(self, kind: type[Toolset]) -> None:
        instances = Instances(kind, f"{self._name}.{kind.__name__}", self._settings)
        self.toolsets.append(instances)
        for name in methods(kind):
            policy = claims_of(getattr(kind, name)).policy
            self._add(name, policy, partial(method_tool, instances, name, self._name))

    def _add(self, label: str, policy: CallPolicy | None, make: Callable[[], Tool]) -> None:
        try:
            tool = make()
        except PluginError as error:
            self._aside[f"{self._name}.{label}"] = str(error)
            return
        if tool.name in self._tools:
            self._aside[tool.name] = f"{tool.name} is registered twice; the first one is used, pass name=…"
            return
        self._tools[tool.name] = tool
        if policy is not None:
            self.policies[tool.name] = policy
