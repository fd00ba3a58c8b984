"""One API as a source of tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jackfield.calls import Arguments, CallPolicy, Json
from jackfield.tools.tool import LOOP, Invoke, Tool, ToolContext
from jackfield_http.client import Client
from jackfield_http.operation import Operation

_MARGIN = 5.0
"""Seconds that a call has beyond its exchange: the API is said to be slow, and not the tool."""


class Api:
    """Its tools are `name.operation`; `aside` has those that cannot be offered. `policies` are what its
    tools ask for."""

    def __init__(
        self, name: str, client: Client, operations: Iterable[Operation], aside: Mapping[str, str]
    ) -> None:
        self._name = name
        self._client = client
        self._tools = [self._tool(each) for each in operations]
        policy = CallPolicy(timeout=max(CallPolicy().timeout, client.timeout + _MARGIN))
        self.policies = {tool.name: policy for tool in self._tools}
        self._aside = {f"{name}.{each}": reason for each, reason in aside.items()}

    @property
    def name(self) -> str:
        return self._name

    def tools(self) -> Sequence[Tool]:
        return self._tools

    def aside(self) -> Mapping[str, str]:
        return self._aside

    def _tool(self, operation: Operation) -> Tool:
        return Tool(
            name=f"{self._name}.{operation.name}",
            description=operation.description,
            parameters=operation.parameters,
            invoke=self._invoke(operation),
            runs_on=LOOP,
            source=self._name,
            read_only=operation.read_only,
            idempotent=operation.idempotent,
        )

    def _invoke(self, operation: Operation) -> Invoke:
        async def ask(arguments: Arguments, context: ToolContext) -> Json:
            return await self._client.call(operation, arguments)

        return ask
