"""The plugin `sql`: a source of tools for each database of its settings."""

from __future__ import annotations

import jackfield
from jackfield.hookspecs import RegisterToolSource
from jackfield_sql.settings import SqlSettings
from jackfield_sql.source import QuerySource

settings_model = SqlSettings


@jackfield.hookimpl
def register_tool_sources(register: RegisterToolSource, settings: SqlSettings) -> None:
    for name, config in settings.databases.items():
        source = QuerySource(name, config)
        register(source, policies=source.policies)
