"""The queries of one database as a source of tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.engine import make_url

from jackfield.calls import Arguments, CallPolicy, Json
from jackfield.tools.tool import LOOP, Invoke, Tool, ToolContext
from jackfield_sql.database import Database, Run
from jackfield_sql.query import Query
from jackfield_sql.settings import DatabaseConfig, QueryConfig

_MARGIN = 5.0
"""Seconds that a call has beyond its statement: the database says first that it took too long."""


class QuerySource:
    """Its tools are `name.query`. `policies` are what its queries ask for: the caller is asked before one
    that writes is run."""

    def __init__(self, name: str, config: DatabaseConfig) -> None:
        """Raises `PluginError` where the driver is missing."""
        url = make_url(config.url.get_secret_value())
        self.database = Database(name, url, timeout=config.timeout, connections=config.connections)
        self._name = name
        self._tools = [self._tool(each, query, config) for each, query in config.queries.items()]
        self.policies = {
            f"{name}.{each}": CallPolicy(
                timeout=max(CallPolicy().timeout, config.timeout + _MARGIN), confirm=query.write
            )
            for each, query in config.queries.items()
        }

    @property
    def name(self) -> str:
        return self._name

    def tools(self) -> Sequence[Tool]:
        return self._tools

    def aside(self) -> Mapping[str, str]:
        return {}

    def _tool(self, name: str, config: QueryConfig, database: DatabaseConfig) -> Tool:
        query = Query.of(name, config.sql, config.parameters)
        run = Run(query, config.row_limit or database.row_limit, config.write)
        return Tool(
            name=f"{self._name}.{name}",
            description=config.description,
            parameters=query.parameters,
            invoke=self._invoke(run),
            runs_on=LOOP,
            source=self._name,
            read_only=not config.write,
            idempotent=config.idempotent,
        )

    def _invoke(self, run: Run) -> Invoke:
        async def ask(arguments: Arguments, context: ToolContext) -> Json:
            return await self.database.run(run, arguments)

        return ask
